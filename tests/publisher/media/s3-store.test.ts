import { describeOnS3, newStore } from './s3-server.ts';
import { describeMediaStore } from './store-contract.ts';

describeOnS3('S3', () => {
  describeMediaStore('a bucket', () => newStore());
});
