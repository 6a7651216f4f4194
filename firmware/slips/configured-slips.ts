import { columnsOf } from '../../drivers/printer/file-printer.ts';
import type { PaperWidth } from '../../drivers/printer/printer-profile.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import type { Vault } from '../../drivers/vault/vault.ts';
import type { DotImage } from '../../hal/printer.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';
import type { Configuration, ConfiguredFolder, ConfiguredPrinter } from '../configuration.ts';
import { logoDirectory } from '../terminal-files.ts';
import { checkCode } from './check-code.ts';
import { keptLogo, type Logo, readLogo } from './logo.ts';
import { faceOf } from './slip-face.ts';
import { SlipMaker } from './slip-maker.ts';

export interface ConfiguredSlips {
  readonly maker: SlipMaker;
  /** What the configuration of today says, to be told to the ledger. */
  readonly face: SlipFace;
  readonly logo: Logo | undefined;
}

const columnsFor = (printer: ConfiguredPrinter | ConfiguredFolder): number =>
  printer.driver === 'file' ? columnsOf[printer.paper] : printer.profile.columns;

/** @throws ConfiguredFileError when the logo can't be used */
export const configuredSlips = (
  configuration: Configuration,
  vault: Vault,
  fileSystem: FileSystem = nodeFileSystem,
): ConfiguredSlips => {
  const { printer, secondPrinter = printer, slip, terminal } = configuration;
  const narrowest = Math.min(printer.paper, secondPrinter.paper) as PaperWidth;
  const logo = slip.logo === undefined ? undefined : readLogo(slip.logo, narrowest);
  const face = faceOf(configuration, logo?.digest);
  const slipKey = vault.slipKey();
  const pictures = new Map<string, DotImage | undefined>(logo && [[logo.digest, logo.picture]]);
  const maker = new SlipMaker({
    terminalId: terminal.id,
    face,
    columns: printer.profile.columns,
    narrowest: Math.min(printer.profile.columns, columnsFor(secondPrinter)),
    checkCode: (sale) => checkCode(slipKey, terminal.id, sale),
    picture: (digest) => {
      if (!pictures.has(digest)) pictures.set(digest, keptLogo(logoDirectory(configuration), digest, fileSystem));
      return pictures.get(digest);
    },
  });
  return { maker, face, logo };
};
