/** The smallest configuration that is right, to be changed. */
const port = (path: string) => ({ path, baudRate: 9600 });
export const smallest = () => ({
  terminal: { id: '00000001', merchantId: '898110154110001' },
  merchant: { name: '示例便利店', branch: '测试路店', hotline: '95516' },
  storage: { directory: 'state' },
  keypad: { driver: 'serial', port: port('/dev/ttyS1') },
  cardReader: { driver: 'serial', port: port('/dev/ttyS2') },
  pinPad: { driver: 'visa', port: port('/dev/ttyS3') },
  printer: { driver: 'escpos', profile: 'epson', port: port('/dev/ttyS4') },
  display: { driver: 'lcd4x16', port: port('/dev/ttyS5') },
  acquirer: { host: '127.0.0.1', port: 9000 },
});
