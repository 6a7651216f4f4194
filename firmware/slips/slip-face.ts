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

/** What the configuration of today says of slip. Its keys are always in the same order. */
export const faceOf = ({ terminal, merchant, slip, fees }: Configuration, logo?: string): SlipFace => ({
  merchant: merchant.name,
  branch: merchant.branch,
  merchantId: terminal.merchantId,
  hotline: merchant.hotline,
  copies: slip.copies,
  ...(slip.header !== undefined && { header: slip.header }),
  ...(slip.footer !== undefined && { footer: slip.footer }),
  ...(slip.refundNotice !== undefined && { refundNotice: slip.refundNotice }),
  ...(slip.feeNotice !== undefined && { feeNotice: slip.feeNotice }),
  ...(slip.noSignatureUpTo > 0 && { noSignatureUpTo: slip.noSignatureUpTo as MinorUnits }),
  ...((fees.domesticBasisPoints > 0 || fees.foreignBasisPoints > 0) && {
    feeBasisPoints: { domestic: fees.domesticBasisPoints, foreign: fees.foreignBasisPoints },
  }),
  ...(slip.qr && { qr: true }),
  ...(slip.training && { training: true }),
  ...(logo !== undefined && { logo }),
});
