import type { Device } from './device.ts';

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** What a clerk can press. 确认 enter, 取消 cancel, 清除/退格 clear (one digit back), 菜单 menu, 功能 function. */
export type Key = Digit | '00' | 'enter' | 'cancel' | 'clear' | 'menu' | 'function';

/** One press: sent when a key goes down, never on its release and never repeated while it is held. */
export interface KeyEvent {
  readonly type: 'key';
  readonly key: Key;
}

/**
 * POSKeyboard. Reports presses from claim to release; the runtime decides what a key means. A key that is not in
 * {@link Key} is not reported. After an unplugging keys that were held count as released.
 */
export type Keypad = Device<KeyEvent>;
