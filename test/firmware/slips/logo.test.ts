import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { type Test, test } from 'tap';
import { nodeFileSystem } from '../../../drivers/storage/node-file-system.ts';
import { keepLogo, keptLogo, readLogo } from '../../../firmware/slips/logo.ts';
import { ConfiguredFileError } from '../../../firmware/tls-files.ts';

const folderOf = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-logo-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
};

const png = (width: number, height: number, paint: (png: PNG) => void = () => undefined): Buffer => {
  const picture = new PNG({ width, height });
  paint(picture);
  return PNG.sync.write(picture);
};

test('dark dots become black, light and clear ones white', (t) => {
  const path = join(folderOf(t), 'logo.png');
  const dots = [
    [0, 0, 0, 255],
    [255, 255, 255, 255],
    [0, 0, 0, 0],
    [200, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 0, 130],
    [120, 120, 120, 255],
    [140, 140, 140, 255],
    [10, 10, 10, 255],
  ];
  writeFileSync(
    path,
    png(9, 1, ({ data }) => data.set(dots.flat())),
  );
  const { picture, digest } = readLogo(path, 58);
  t.match(picture, { widthDots: 9, heightDots: 1 });
  t.strictSame([...picture.bits], [0b10010110, 0b10000000]);
  t.match(digest, /^[0-9a-f]{64}$/);
  t.end();
});

test('what can not be a logo is refused with its key, and with what to do', (t) => {
  const folder = folderOf(t);
  const at = (name: string, content: Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const whole = png(8, 8);
  for (const [path, paper, what] of [
    [join(folder, 'none.png'), 58, /none\.png: there is no such file; name one/],
    [folder, 58, /it can not be read/],
    [at('logo.jpg', Buffer.from('ffd8ffe000104a464946', 'hex')), 58, /logo\.jpg: it is no PNG; save it as PNG/],
    [at('wide.png', png(385, 8)), 58, /it is 385 dots wide, and 58 mm paper has 384; make it narrower/],
    [at('wider.png', png(577, 8)), 80, /80 mm paper has 576/],
    [at('high.png', png(8, 321)), 58, /it is 321 dots high; make it at most 320/],
    [at('large.png', Buffer.concat([whole, Buffer.alloc(256 * 1024)])), 58, /more than 256 KB/],
    [at('cut.png', whole.subarray(0, whole.length - 20)), 58, /damaged; save it anew/],
  ] as const) {
    const message = new RegExp(`^slip\\.logo: .*${what.source}`);
    t.throws(() => readLogo(path, paper), { constructor: ConfiguredFileError, message });
  }
  t.end();
});

test('a logo that was kept comes back by its digest; one that is gone or altered does not', (t) => {
  const folder = folderOf(t);
  writeFileSync(
    join(folder, 'logo.png'),
    png(16, 4, ({ data }) => data.fill(255, 0, 0)),
  );
  const logo = readLogo(join(folder, 'logo.png'), 58);
  const kept = join(folder, 'logos');
  keepLogo(kept, logo, nodeFileSystem);
  keepLogo(kept, logo, nodeFileSystem);
  t.strictSame(keptLogo(kept, logo.digest, nodeFileSystem), logo.picture);
  t.equal(keptLogo(kept, 'f'.repeat(64), nodeFileSystem), undefined);
  writeFileSync(join(kept, `${logo.digest}.png`), png(16, 5));
  t.equal(keptLogo(kept, logo.digest, nodeFileSystem), undefined);
  keepLogo(kept, logo, nodeFileSystem);
  t.strictSame(keptLogo(kept, logo.digest, nodeFileSystem), logo.picture, 'it is written anew');
  t.end();
});
