/** How an S3 store is reached. */

export interface S3Settings {
  readonly bucket: string;
  /** Undefined: Amazon's own. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  /** A secret. */
  readonly secretAccessKey: string;
  /** The bucket stands in the path of addresses, not before the host's name. */
  readonly pathStyle: boolean;
  /** Stands before every key; without slashes at its ends, and empty for none. */
  readonly prefix: string;
  /** Where the world reaches what lies below bucket and prefix, without a trailing slash. */
  readonly publicUrl: string | undefined;
}
