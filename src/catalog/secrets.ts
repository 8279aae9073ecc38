/** Secrets of the installation, made at first start and shared by all of its processes. */

export interface Secrets {
  /** 32 random bytes, the same for every process and for ever. `name` says the one purpose, such as `raw-tracks-link`. */
  getOrCreate(name: string): Promise<Uint8Array>;
}
