/** `stagecast store setup`: prepares the bucket that the settings name, and says what it did. Run twice it changes nothing. */
import { createS3Store } from '../../publisher/media/s3-store.ts';
import { type SetupStep, setUpBucket } from '../../publisher/media/s3-setup.ts';
import { StoreError } from '../../publisher/media/store-error.ts';
import { type Config, ConfigError } from '../config.ts';

const SIGN: Record<SetupStep['outcome'], string> = {
  done: '✓',
  'stood already': '✓',
  'left alone': '-',
  'not here': '!',
};

const line = ({ what, outcome, note }: SetupStep) =>
  `${SIGN[outcome]} ${what.padEnd(16)} ${outcome}${note === undefined ? '' : `: ${note}`}`;

/** 0 when the bucket can be used, also where it cannot do everything; 1 otherwise. */
export async function setUpStore({ s3 }: Pick<Config, 's3'>): Promise<number> {
  if (s3 === undefined)
    throw new ConfigError([
      'S3_BUCKET is not set: media lives in the data folder, where nothing is to be set up (docs/media-store.md)',
    ]);
  const store = createS3Store(s3);
  try {
    for await (const step of setUpBucket(store)) console.log(line(step));
    console.log('\nnpm run doctor looks at the bucket from inside and outside.');
    return 0;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    console.error(`✗ ${error.message} (${error.answer})\n  → ${error.remedy}`);
    return 1;
  } finally {
    store.close();
  }
}
