/** A process of its own that counts in a folder store: `node count-up.ts <folder> <key> <times>`. */
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { PreconditionFailedError } from '../../../publisher/media/store.ts';

const [folder = '', key = '', times = '0'] = process.argv.slice(2);
const store = createFolderStore(folder);
for (let done = 0; done < Number(times);) {
  const found = await store.read(key);
  let text = '';
  for await (const chunk of found!.body) text += String(chunk);
  try {
    await store.put(
      key,
      { body: Buffer.from(String(Number(text) + 1)) },
      { contentType: 'text/plain', metadata: { by: String(process.pid) }, onlyIf: found!.object },
    );
    done += 1;
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
  }
}
