import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type FileSystemKind = 'ext4' | 'xfs';

/** mkfs.xfs makes nothing smaller than 300 MB; the image is sparse. */
const imageBytes = 320 * 1024 * 1024;

const makers: { readonly [K in FileSystemKind]: readonly [command: string, ...args: string[]] } = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
};

/**
 * What becomes of the journal in memory: `flushed` to the disk first, or `dropped` as when the power goes. The numbers
 * are the kernel's: FS_IOC_SHUTDOWN = _IOR('X', 125, __u32), XFS_FSOP_GOING_FLAGS_*, EXT4_GOING_FLAGS_*.
 */
const journals = { flushed: 1, dropped: 2 } as const;
export type Journal = keyof typeof journals;

/** perl is in Debian's base system, and has ioctl, which Node has not. It is ready before the instant comes. */
const shutdownScript = `
  open(my $directory, '<', $ARGV[0]) or die "open: $!\\n";
  my $flags = pack('L', $ARGV[1]);
  $| = 1;
  print "ready\\n";
  <STDIN>;
  ioctl($directory, 0x8004587d, $flags) or die "FS_IOC_SHUTDOWN: $!\\n";
  print "down\\n";
`;

const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
const command = (name: string, args: readonly string[]) => run(name, args, { env: { ...process.env, PATH: path } });

const mounted = new Set<string>();
process.once('exit', () => {
  for (const mountPoint of mounted) execFileSync('umount', ['-l', mountPoint], { stdio: 'ignore' });
});

/** The first line of what a command had to say when it failed. */
const wordsOf = (error: unknown): string => {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
  return (stderr?.trim() || message).split('\n')[0] ?? message;
};

/** A file system of its own in a file, mounted by a loop device, that can be shut down as a power cut would. */
export class LoopDisk {
  readonly kind: FileSystemKind;
  readonly mountPoint: string;
  readonly #folder: string;
  readonly #image: string;

  private constructor(kind: FileSystemKind, folder: string) {
    this.kind = kind;
    this.#folder = folder;
    this.#image = join(folder, 'image');
    this.mountPoint = join(folder, 'disk');
  }

  /** Why there can be none of that kind on this machine; undefined when there can. */
  static async hindrance(kind: FileSystemKind): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return 'it takes root to mount one, and this is another user';
    if (!existsSync('/dev/loop-control')) return 'there are no loop devices (/dev/loop-control)';
    let disk: LoopDisk | undefined;
    try {
      disk = await LoopDisk.make(kind);
      const shutDown = await disk.prepareShutdown('dropped');
      await shutDown();
      return undefined;
    } catch (error) {
      return wordsOf(error);
    } finally {
      await disk?.dismantle();
    }
  }

  static async make(kind: FileSystemKind): Promise<LoopDisk> {
    const folder = mkdtempSync(join(tmpdir(), `slipsafe-${kind}-`));
    const disk = new LoopDisk(kind, folder);
    try {
      mkdirSync(disk.mountPoint);
      const image = openSync(disk.#image, 'w');
      ftruncateSync(image, imageBytes);
      closeSync(image);
      const [maker, ...args] = makers[kind];
      await command(maker, [...args, disk.#image]);
      await disk.mount();
      return disk;
    } catch (error) {
      await disk.dismantle();
      throw error;
    }
  }

  async mount(): Promise<void> {
    await command('mount', ['-t', this.kind, '-o', 'loop', this.#image, this.mountPoint]);
    mounted.add(this.mountPoint);
  }

  async unmount(): Promise<void> {
    await command('umount', [this.mountPoint]);
    mounted.delete(this.mountPoint);
  }

  /**
   * Makes ready to shut the file system down, so that it happens in the instant in which the returned function is
   * called. From then on every operation on it fails with EIO, until it is mounted anew.
   */
  async prepareShutdown(journal: Journal): Promise<() => Promise<void>> {
    this.#mustBeOurs();
    const perl = spawn('perl', ['-e', shutdownScript, this.mountPoint, String(journals[journal])], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = once(perl, 'close');
    let said = '';
    let complaint = '';
    perl.stdout.on('data', (chunk) => (said += String(chunk)));
    perl.stderr.on('data', (chunk) => (complaint += String(chunk)));
    await Promise.race([once(perl.stdout, 'data'), ended]);
    if (!said.startsWith('ready')) throw new Error(complaint.trim());
    return async () => {
      perl.stdin.end('\n');
      await ended;
      if (!said.endsWith('down\n')) throw new Error(complaint.trim());
    };
  }

  async dismantle(): Promise<void> {
    if (mounted.has(this.mountPoint)) await this.unmount();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Never another file system than the one that was made here. */
  #mustBeOurs(): void {
    const ours = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .some(([device, at, kind]) => at === this.mountPoint && kind === this.kind && device?.startsWith('/dev/loop'));
    if (!ours) throw new Error(`${this.mountPoint} is not mounted from a loop device`);
  }
}
