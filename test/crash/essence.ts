import type { Content, DiskImage } from './disk-image.ts';
import type { Level } from './legal-contents.ts';
import type { ClassOf, LegalImage, RecordedDisk } from './recorded-disk.ts';

/** Which images recovery can't tell from each other: of those one is enough. Without it each counts. */
export interface Essence {
  /**
   * What of a file makes a difference to what follows: a text that is the same for two contents on which recovery goes
   * the same way. Empty when only its name does; undefined when not even that.
   */
  readonly essence?: (path: string, content: Content) => string | undefined;
  /** The worst of the legal contents on which recovery goes the same way as on this one, to stand for all of them. */
  readonly worst?: (path: string, content: Content) => Content;
}

const essenceOf = ({ essence }: Essence, path: string, content: Content | 'directory'): string | undefined =>
  content === 'directory' ? '/' : essence === undefined ? content.key : essence(path, content);

/** What tells an image from those that recovery can't tell from it. */
export const keyOf = (of: Essence, image: DiskImage): string =>
  [...image]
    .flatMap(([path, content]) => {
      const essence = essenceOf(of, path, content);
      return essence === undefined ? [] : [`${path}=${essence}`];
    })
    .sort()
    .join('|');

/** Without files that make no difference, when there are more than two of them: recovery may add one at each cut. */
const tidied = (of: Essence, image: DiskImage): DiskImage => {
  const useless = new Set([...image].filter((entry) => essenceOf(of, ...entry) === undefined).map(([path]) => path));
  return useless.size <= 2 ? image : new Map([...image].filter(([path]) => !useless.has(path)));
};

/** The images that a power cut now may leave, each with what tells it from others; the same key may come again. */
export function* imagesOf(
  disk: RecordedDisk,
  of: Essence,
  level: Level,
): Generator<LegalImage & { readonly key: string }> {
  const classOf: ClassOf = (path, content) => {
    const worst = of.worst?.(path, content) ?? content;
    return [worst, essenceOf(of, path, worst) ?? ''];
  };
  for (const { image: legal, weight } of disk.legalImages(level, classOf)) {
    const image = tidied(of, legal);
    yield { image, weight, key: keyOf(of, image) };
  }
}
