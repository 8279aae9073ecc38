/** Why a media store cannot do what it is asked: a sentence for everybody, and the remedy for whoever runs it. */

export type StoreFault =
  /** The store does not know the keys, or they do not fit together. */
  | 'wrong-keys'
  | 'not-allowed'
  | 'no-bucket'
  | 'wrong-region'
  /** The clocks of this machine and of the store are too far apart. */
  | 'clock'
  | 'full'
  /** Not reachable, overloaded, or failing inside: it may come back by itself. */
  | 'away'
  /** What it holds is not what was sent. */
  | 'damaged'
  /** The store does not know how. */
  | 'unsupported'
  | 'refused';

/** `asked` and `answer` are for logs and the doctor; they hold addresses, and no keys or signatures. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreFault;
  readonly remedy: string;
  readonly answer: string;
  constructor(code: StoreFault, answer: string, options?: ErrorOptions) {
    const { sentence, remedy } = WORDS[code];
    super(sentence, options);
    this.code = code;
    this.remedy = remedy;
    this.answer = answer;
  }
}

const WORDS: Record<StoreFault, { sentence: string; remedy: string }> = {
  'wrong-keys': {
    sentence: 'The media store does not accept the keys of this installation.',
    remedy:
      'correct S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY in .env; they belong together and to this endpoint',
  },
  'not-allowed': {
    sentence: 'The media store does not allow this installation what it must do.',
    remedy:
      'allow these keys to list the bucket, and to get, put and delete objects in it (s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload)',
  },
  'no-bucket': {
    sentence: 'The bucket of the media store does not exist.',
    remedy: 'correct S3_BUCKET in .env, or make the bucket: npm start -- store setup',
  },
  'wrong-region': {
    sentence: 'The bucket of the media store is in another region.',
    remedy: 'set S3_REGION, and S3_ENDPOINT if you set one, to where the bucket is',
  },
  clock: {
    sentence: 'The clock of this machine is too far from that of the media store.',
    remedy: 'set the clock of this machine, and let it be kept right (NTP)',
  },
  full: {
    sentence: 'The media store is full.',
    remedy: 'raise the quota of the bucket or of its owner, or free some space in the store',
  },
  away: {
    sentence: 'The media store cannot be reached.',
    remedy:
      'see whether it runs and can be reached from this machine at S3_ENDPOINT; work waits and goes on by itself',
  },
  damaged: {
    sentence: 'The media store holds other content than was put into it.',
    remedy: 'look into the store for failing disks, and for a proxy before it that changes what passes',
  },
  unsupported: {
    sentence: 'The media store does not know how to do what it was asked.',
    remedy: 'see the notes on this kind of store in docs/media-store.md',
  },
  refused: {
    sentence: 'The media store refused what it was asked.',
    remedy: 'its answer says why; docs/media-store.md has notes on each kind of store',
  },
};
