/** A key of a block cipher in ECB mode, as UnionPay uses it: for working keys, MACs, PIN blocks and tracks. */
export interface BlockKey {
  /** 8 for DES, 16 for SM4. */
  readonly blockBytes: number;
  /** @param data whole blocks */
  encrypt(data: Uint8Array): Buffer;
  /** @param data whole blocks */
  decrypt(data: Uint8Array): Buffer;
  /** KCV, 密钥校验值: the first four bytes of a block of zeros encrypted. */
  checkValue(): Buffer;
}
