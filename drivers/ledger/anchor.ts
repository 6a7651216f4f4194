import { createHmac } from 'node:crypto';
import { type FileSystem, type OpenFile, writeFully } from '../storage/file-system.ts';
import { type ChainPlace, macBytes, sectorBytes } from './slot.ts';

/**
 * How far the ledger is known to go, kept apart from it: a tail that was cut off, an older copy that was put back, or a
 * last record that went bad is sound in itself, and shows only against something outside. The file has two sectors of
 * 512 bytes, written in turn, so that a power cut leaves the other one. All numbers are unsigned and big-endian.
 *
 * | offset | bytes | what                                                         |
 * |--------|-------|--------------------------------------------------------------|
 * | 0      | 4     | magic, ASCII `SLPA`                                          |
 * | 4      | 4     | version of this layout, 1                                    |
 * | 8      | 4     | generation of the batch file                                 |
 * | 12     | 4     | sequence number of the record                                |
 * | 16     | 32    | MAC of the record                                            |
 * | 48     | 32    | HMAC-SHA256 under the ledger key over bytes 0 … 47           |
 * | 80     |       | zeros                                                        |
 *
 * It may be behind the ledger, by the records since the terminal came to rest. It is never ahead of it.
 */
export class LedgerAnchor {
  readonly path: string;
  readonly #key: Uint8Array;
  readonly #fileSystem: FileSystem;
  #file: OpenFile | undefined;
  #nextSector = 0;

  constructor(path: string, ledgerKey: Uint8Array, fileSystem: FileSystem) {
    this.path = path;
    this.#key = ledgerKey;
    this.#fileSystem = fileSystem;
  }

  /**
   * The furthest place that is noted in a file, without taking it.
   *
   * @throws the file system's error when the file can't be read
   */
  static peek(path: string, ledgerKey: Uint8Array, fileSystem: FileSystem): ChainPlace | undefined {
    const anchor = new LedgerAnchor(path, ledgerKey, fileSystem);
    try {
      return anchor.read('read');
    } finally {
      anchor.close();
    }
  }

  /**
   * The furthest place that was noted; undefined where there is none to be read.
   *
   * @throws the file system's error when the file is there and can't be read
   */
  read(access: 'read' | 'readWrite' = 'readWrite'): ChainPlace | undefined {
    const file = this.#fileSystem.open(this.path, access);
    this.#file = file;
    const bytes = Buffer.alloc(2 * sectorBytes);
    file.pread(bytes, 0);
    const [first, second] = [0, sectorBytes].map((at) => this.#placeIn(bytes.subarray(at, at + sectorBytes)));
    const isFirst = (first?.sequence ?? 0) >= (second?.sequence ?? 0);
    this.#nextSector = isFirst ? 1 : 0;
    return isFirst ? first : second;
  }

  /** Makes the file of a new ledger, or one in the place of one that is gone. Its name is synced by the caller. */
  create(): void {
    this.#file = this.#fileSystem.open(this.path, 'create');
  }

  /** Notes a place that is durable in the ledger. One call at a time. */
  async note({ generation, sequence, mac }: ChainPlace): Promise<void> {
    if (this.#file === undefined) throw new Error('The anchor is neither read nor created.');
    const sector = Buffer.alloc(sectorBytes);
    sector.writeUInt32BE(magic, 0);
    sector.writeUInt32BE(version, 4);
    sector.writeUInt32BE(generation, 8);
    sector.writeUInt32BE(sequence, 12);
    sector.set(mac, 16);
    sector.set(this.#macOf(sector), bodyBytes);
    writeFully(this.#file, sector, this.#nextSector * sectorBytes);
    this.#nextSector = 1 - this.#nextSector;
    await this.#file.fdatasync();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #placeIn(sector: Buffer): ChainPlace | undefined {
    if (sector.readUInt32BE(0) !== magic || sector.readUInt32BE(4) !== version) return undefined;
    if (!this.#macOf(sector).equals(sector.subarray(bodyBytes, bodyBytes + macBytes))) return undefined;
    return {
      generation: sector.readUInt32BE(8),
      sequence: sector.readUInt32BE(12),
      mac: Buffer.from(sector.subarray(16, bodyBytes)),
    };
  }

  #macOf(sector: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(sector.subarray(0, bodyBytes)).digest();
  }
}

const bodyBytes = 48;
const magic = 0x534c5041;
const version = 1;
