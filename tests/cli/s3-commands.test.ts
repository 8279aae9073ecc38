/** The commands of the media store, as an operator types them, against a real S3 server. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { copyMedia } from '../../src/cli/store-copy.ts';
import { describeOnS3, s3Settings, storeWith } from '../publisher/media/s3-server.ts';
import { scratchFolder, stagecast } from './support/command-line.ts';

const setUp = async () => {
  const folder = await scratchFolder();
  const { endpoint = '', accessKeyId, secretAccessKey } = s3Settings();
  const bucket = `commands-${randomUUID()}`;
  const env = {
    ...{ DATA_FOLDER: folder, S3_BUCKET: bucket, S3_ENDPOINT: endpoint },
    ...{ S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey },
  };
  return { folder, bucket, env, store: storeWith({ bucket }), media: path.join(folder, 'media') };
};

describeOnS3('the commands of the media store', () => {
  test('a missing bucket is named, made, and found good; what is in the folder goes into it', async () => {
    const { env, store, media } = await setUp();
    await createFolderStore(media).put('a', { body: Buffer.from('x') }, { contentType: 'text/plain' });
    const refused = await stagecast(['store', 'copy'], env);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/bucket of the media store does not exist.*\n.*npm start -- store setup/);

    const made = await stagecast(['store', 'setup'], env);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /✓ bucket +done\n✓ cors +done\n✓ leftovers +done\n- public reading +left alone/,
    );
    expect((await stagecast(['store', 'copy'], env)).stdout).toContain('1 of 1 objects copied');
    expect(await store.list('')).toEqual(['a']);
    const doctor = await stagecast(['doctor'], env);
    expect(doctor.stdout).toMatch(/✓ media store +bucket commands-.*heeds conditions/);
  });

  test('wrong keys are named by the doctor, with the remedy, and never shown', async () => {
    const { env } = await setUp();
    const doctor = await stagecast(['doctor'], { ...env, S3_SECRET_ACCESS_KEY: 'not-the-secret' });
    expect(doctor.stdout).toMatch(/✗ media store .*does not accept the keys.*\n.*correct S3_ACCESS_KEY_ID/);
    expect(doctor.stdout + doctor.stderr).not.toContain('not-the-secret');
  });

  test('a copy keeps all that is known of an object, and is done once', async () => {
    const { env, store, media } = await setUp();
    await stagecast(['store', 'setup'], env);
    const folder = createFolderStore(media);
    const options = {
      contentType: 'application/json+chapters',
      cacheControl: 'max-age=5',
      metadata: { revision: '7' },
    };
    const put = await folder.put('shows/a/chapters.json', { body: Buffer.from('{}') }, options);
    await folder.put('media/a.mp3', { body: Buffer.alloc(9 * 2 ** 20, 'a') }, { contentType: 'audio/mpeg' });
    expect(await copyMedia(media, store)).toEqual({ copied: 2, all: 2 });
    expect(await copyMedia(media, store)).toEqual({ copied: 0, all: 2 });
    expect(await store.head(put.key)).toMatchObject({ ...options, sha256: put.sha256 });
  });
});

test('without a bucket the commands say what to set', async () => {
  for (const command of ['setup', 'copy']) {
    const { exitCode, stderr } = await stagecast(['store', command], { DATA_FOLDER: await scratchFolder() });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('S3_BUCKET is not set') as string]);
  }
});

test('the doctor names a setting that has no bucket, and looks at the rest', async () => {
  const { stdout } = await stagecast(['doctor'], {
    DATA_FOLDER: await scratchFolder(),
    S3_REGION: 'eu-west-1',
  });
  expect(stdout).toMatch(/✗ settings +S3_REGION is set and S3_BUCKET is not/);
  expect(stdout).toMatch(/✓ media store +the folder /);
});
