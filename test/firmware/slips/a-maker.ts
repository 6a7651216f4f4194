/** A maker of slips for tests that aren't about what stands on them. */
import { SlipMaker, type SlipSource } from '../../../firmware/slips/slip-maker.ts';

export const source: SlipSource = {
  terminalId: '00000001',
  face: { merchant: '示例便利店', branch: '测试路店', merchantId: '898110154110001', hotline: '95516', copies: 2 },
  columns: 32,
  narrowest: 32,
  checkCode: () => 'C0DEC0DE',
  picture: () => undefined,
};

export const aMaker = (change: Partial<SlipSource> = {}): SlipMaker => new SlipMaker({ ...source, ...change });
