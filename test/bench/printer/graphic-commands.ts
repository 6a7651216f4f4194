import type { Job } from './mechanism.ts';
import { type QrLevel, qrModules } from './qr-size.ts';
import type { Typesetter } from './typesetter.ts';

const levels: readonly QrLevel[] = ['L', 'M', 'Q', 'H'];
/** Rows of an image that are printed in one go. */
const bandRows = 24;

/** `GS ( k` with cn 49, the two-dimensional symbol: its settings, the data stored for it, and its printing. */
export class QrCode {
  #data = Buffer.alloc(0);
  #moduleDots = 3;
  #level: QrLevel = 'L';

  /** Obeys `cn fn n …`. Returns what is to be printed, or what is wrong with it. */
  obey(parameters: Buffer, typesetter: Typesetter, widthDots: number): Job[] | string {
    const [, fn = 0, value = 0] = parameters;
    switch (fn) {
      case 65: // the model, which changes nothing here
        return [];
      case 67:
        if (value < 1 || value > 16) return 'a QR module is 1..16 dots';
        this.#moduleDots = value;
        return [];
      case 69: {
        const level = levels[value - 48];
        if (level === undefined) return 'a QR level is 48..51';
        this.#level = level;
        return [];
      }
      case 80:
        this.#data = Buffer.from(parameters.subarray(3));
        return [];
      case 81: {
        if (this.#data.length === 0) return 'a QR symbol without data is not printed';
        const modules = qrModules(this.#data.length, this.#level);
        if (modules === undefined) return 'more data than a QR symbol holds';
        const sizeDots = modules * this.#moduleDots;
        if (sizeDots > widthDots) return 'a QR symbol wider than the paper is not printed';
        const symbol = typesetter.graphic({ type: 'qr', data: this.#data.toString(), sizeDots }, sizeDots, sizeDots);
        return typesetter.lineEmpty ? [symbol] : [typesetter.endLine(), symbol];
      }
      default:
        return 'unknown QR function';
    }
  }
}

/** The head of `GS v 0 m xL xH yL yH`. */
export interface RasterHead {
  readonly mode: number;
  readonly rowBytes: number;
  readonly rows: number;
}

/** An image, in bands that are printed as their rows arrive. It takes its bytes one by one by `next(byte)`. */
export function* rasterBands(
  { mode, rowBytes, rows }: RasterHead,
  typesetter: Typesetter,
  widthDots: number,
): Generator<Job | 'byte', void, number> {
  const across = (mode & 1) + 1;
  const down = ((mode >> 1) & 1) + 1;
  const widthBytes = Math.min(rowBytes, Math.floor(widthDots / 8 / across));
  for (let done = 0; done < rows && rowBytes > 0; done += bandRows) {
    const count = Math.min(bandRows, rows - done);
    const bits = Buffer.alloc(widthBytes * count);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < rowBytes; column++) {
        const byte = yield 'byte';
        // What reaches over the edge of the paper is cut off.
        if (column < widthBytes) bits[row * widthBytes + column] = byte;
      }
    }
    yield typesetter.graphic({ type: 'raster', widthBytes, rows: count, bits }, widthBytes * 8 * across, count * down);
  }
}
