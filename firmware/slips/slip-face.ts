import type { MinorUnits } from '../../hal/units.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';
import type { Identity } from '../../state-machine/words.ts';
import type { Configuration } from '../configuration.ts';

/** Who the terminal is, on its screens. */
export const identityOf = ({ terminal, merchant }: Configuration): Identity => ({
  merchant: merchant.name,
  branch: merchant.branch,
  hotline: merchant.hotline,
  terminalId: terminal.id,
});

/** What the configuration of today says of slips. Its keys are always in the same order. */
export const faceOf = ({ terminal, merchant, slips }: Configuration, logo?: string): SlipFace => ({
  merchant: merchant.name,
  branch: merchant.branch,
  merchantId: terminal.merchantId,
  hotline: merchant.hotline,
  copies: slips.copies,
  ...(slips.header.length > 0 && { header: slips.header }),
  ...(slips.footer.length > 0 && { footer: slips.footer }),
  ...(slips.notice !== undefined && { notice: slips.notice }),
  ...(slips.noSignatureUpTo > 0 && { noSignatureUpTo: slips.noSignatureUpTo as MinorUnits }),
  ...(slips.qr && { qr: true }),
  ...(slips.training && { training: true }),
  ...(logo !== undefined && { logo }),
});
