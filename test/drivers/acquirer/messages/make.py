#!/usr/bin/env python3
"""Writes the messages of this folder. It knows the field formats from Q/CUP 009 and shares nothing with the driver, so
that a mistake of one isn't in the other; ciphers are openssl's. Run by hand: python3 make.py. No test runs it."""
import subprocess

HEAD = '6000030000' + '603100310730'
TERMINAL, MERCHANT = '12345678', '123456789012345'
PAN, TRACK2 = '6212345678901232', '6212345678901232=30122010000000000000'
PIN_BLOCK = '0123456789ABCDEF'
MAK, TDK = '89ABCDEF01234567', '00112233445566778899AABBCCDDEEFF'
SM4_MAK, SM4_PIN_BLOCK = '0123456789ABCDEFFEDCBA9876543210', '00112233445566778899AABBCCDDEEFF'
CHIP = '9F26081122334455667788' + '9F270180' + '9F100807010103A0B80001' + '9F36020042' + '95050080000000'
CHIP_REVERSED = '9F100807010103A0B80001' + '9F36020042' + '95050080000000'

# number: (encoding, length); LL and LLL count digits for n and z, bytes for the others
FIELDS = {2: ('n', 'LL'), 3: ('n', 6), 4: ('n', 12), 11: ('n', 6), 14: ('n', 4), 22: ('left', 3), 23: ('n', 3), 25: ('n', 2),
          26: ('n', 2), 35: ('z', 'LL'), 36: ('z', 'LLL'), 37: ('an', 12), 38: ('an', 6), 39: ('an', 2), 41: ('an', 8),
          42: ('an', 15), 48: ('n', 'LLL'), 49: ('an', 3), 52: ('b', 8), 53: ('n', 16), 55: ('b', 'LLL'), 60: ('n', 'LLL'),
          61: ('n', 'LLL'), 62: ('b', 'LLL'), 63: ('an', 'LLL'), 64: ('b', 8)}
NAMES = {2: 'PAN', 3: 'processing code', 4: 'amount', 11: 'STAN', 14: 'expiry', 22: 'entry mode', 23: 'card sequence',
         25: 'condition code', 26: 'longest PIN', 35: 'track 2', 36: 'track 3', 37: 'retrieval reference',
         38: 'authorisation code', 39: 'reason', 41: 'terminal', 42: 'merchant', 48: 'totals, records or count', 49: 'currency',
         52: 'PIN block', 53: 'security', 55: 'chip data', 60: 'kind, batch, network code', 61: 'original',
         62: 'terminal information', 63: 'operator or card organisation', 64: 'MAC'}


def openssl(cipher, key, block):
    run = subprocess.run(['openssl', 'enc', cipher, '-K', key, '-nopad'], input=block, stdout=subprocess.PIPE, check=True)
    return run.stdout


def des(key, block):
    return openssl('-des-ede3-ecb', key * 3 if len(key) == 16 else key + key[:16], block)


def sm4(key, block):
    return openssl('-sm4-ecb', key, block)


def sum_of(message, encrypt, key, size):
    padded = message + bytes(-len(message) % size)
    total = bytes(size)
    for at in range(0, len(padded), size):
        total = bytes(a ^ b for a, b in zip(total, padded[at:at + size]))
    text = total.hex().upper().encode()
    once = bytes(a ^ b for a, b in zip(encrypt(key, text[:size]), text[size:]))
    return encrypt(key, once)


def mac(message):
    return sum_of(message, des, MAK, 8).hex().upper()[:8].encode()


def sm4_text(message):
    return sum_of(message, sm4, SM4_MAK, 16).hex().upper()[:8].encode()


def sm4_bytes(message):
    return sum_of(message, sm4, SM4_MAK, 16)[:8]


def field(number, value):
    """The lines of a field: its prefix, if it has one, and its content in hex."""
    encoding, length = FIELDS[number]
    count = len(value) // 2 if encoding == 'b' else len(value)
    prefix = '' if isinstance(length, int) else str(count).zfill({'LL': 2, 'LLL': 4}[length])
    if isinstance(length, int):
        assert count == length or number == 52 and count == 16, (number, value)
    if encoding in ('an',):
        body = value.encode('latin1').hex()
    elif encoding == 'b':
        body = value
    else:
        digits = value.replace('=', 'D')
        if len(digits) % 2:
            digits = '0' + digits if encoding == 'n' and isinstance(length, int) else digits + '0'
        body = digits
    return (prefix + ' ' + body).strip().upper()


def write(name, what, mti, fields, sealed=False, mac=mac):
    numbers = sorted(fields) + ([64] if sealed else [])
    bitmap = 0
    for number in numbers:
        bitmap |= 1 << (64 - number)
    lines = [(mti, 'MTI'), ('%016X' % bitmap, 'fields ' + ', '.join(map(str, numbers)))]
    lines += [(field(number, fields[number]), '%d %s' % (number, NAMES[number])) for number in sorted(fields)]
    message = bytes.fromhex(''.join(line for line, _ in lines).replace(' ', ''))
    if sealed:
        lines.append((mac(message).hex().upper(), '64 MAC'))
        message += mac(message)
    lines = [('%04X' % (len(message) + 11), 'length'), (HEAD[:10] + ' ' + HEAD[10:], 'TPDU, header')] + lines
    with open(name + '.txt', 'w') as out:
        out.write('# ' + what + '\n')
        out.writelines('%-60s # %s\n' % line for line in lines)


IDS = {41: TERMINAL, 42: MERCHANT}
PIN = {26: '12', 52: PIN_BLOCK, 53: '2600000000000000'}


def trade(type_code, processing, condition='00', stan='000101', amount=True, **more):
    fields = {3: processing, 11: stan, 22: '021', 25: condition, 35: TRACK2, 49: '156', 60: type_code + '00000100020', **IDS, **PIN}
    if amount:
        fields[4] = '000000005100'
    fields.update({int(number[1:]): value for number, value in more.items()})
    return fields


def reversal(type_code, processing, condition='00', stan='000101', reason='98', **more):
    fields = {3: processing, 4: '000000005100', 11: stan, 22: '021', 25: condition, 39: reason, 49: '156', 60: type_code + '00000100020', **IDS}
    fields.update({int(number[1:]): value for number, value in more.items()})
    return fields


REFERENCE, CODE = '170512345678', 'A12345'
OWN = '0000010001020000'

write('balance', '余额查询 balance inquiry', '0200', trade('01', '310000', amount=False), True)
write('sale', '消费 sale, swiped, with PIN', '0200', trade('22', '000000'), True)
without = trade('22', '000000', _22='022')
for number in PIN:
    del without[number]
without[53] = '0600000000000000'
write('sale-without-pin', '消费 sale, swiped, without PIN', '0200', without, True)
chip = trade('22', '000000', _2=PAN, _14='3012', _22='051', _23='001', _55=CHIP, _60='2200000100050')
write('sale-chip', '消费 sale, by chip, with PIN', '0200', chip, True)
fallback = trade('22', '000000', _22='801', _60='2200000100052')
write('sale-fallback', '消费 sale, a chip card swiped because its chip could not be read', '0200', fallback, True)
write('sale-fallback-reversal', '冲正 of such a sale', '0400', reversal('22', '000000', _22='801', _60='2200000100052'), True)
write('sale-chip-reversal', '冲正 of a chip sale', '0400', reversal('22', '000000', _2=PAN, _14='3012', _22='051', _23='001', _55=CHIP_REVERSED, _60='2200000100050'), True)
manual = trade('22', '000000', _2=PAN, _14='3012', _22='011')
del manual[35]
write('sale-manual', '消费 sale, card number typed, with PIN', '0200', manual, True)
write('sale-reversal', '冲正 of a sale that was not answered', '0400', reversal('22', '000000'), True)
write('sale-reversal-of-approved', '冲正 of a sale that was approved', '0400', reversal('22', '000000', reason='96', _38=CODE), True)
write('void', '消费撤销 void', '0200', trade('23', '200000', stan='000102', _37=REFERENCE, _38=CODE, _61='000001000101'), True)
write('void-reversal', '冲正 of a void', '0400', reversal('23', '200000', stan='000102', _38=CODE, _61=OWN), True)
refund = trade('25', '200000', stan='000102', _37=REFERENCE, _61='0000000000001122', _63='CUP')
write('refund', '退货 refund', '0220', refund, True)
write('pre-authorisation', '预授权 pre-authorisation', '0100', trade('10', '030000', '06'), True)
write('pre-authorisation-reversal', '冲正 of a pre-authorisation', '0400', reversal('10', '030000', '06'), True)
dated = '0000010001011122'
write('pre-authorisation-increment', '追加预授权', '0100', trade('10', '030000', '60', '000102', _38=CODE, _61=dated), True)
write('pre-authorisation-increment-reversal', '冲正 of 追加预授权', '0400', reversal('10', '030000', '60', '000102', _38=CODE, _61=OWN), True)
write('pre-authorisation-void', '预授权撤销', '0100', trade('11', '200000', '06', '000102', _38=CODE, _61=dated), True)
write('pre-authorisation-void-reversal', '冲正 of a pre-authorisation void', '0400', reversal('11', '200000', '06', '000102', _38=CODE, _61=OWN), True)
write('completion', '预授权完成(请求)', '0200', trade('20', '000000', '06', '000102', _38=CODE, _61=dated), True)
write('completion-reversal', '冲正 of a completion', '0400', reversal('20', '000000', '06', '000102', _38=CODE, _61=OWN), True)
write('completion-notice', '预授权完成(通知)', '0220', trade('24', '000000', '06', '000102', _38=CODE, _61=dated), True)
write('completion-void', '预授权完成撤销', '0200', trade('21', '200000', '06', '000102', _37=REFERENCE, _38=CODE, _61=dated), True)
write('completion-void-reversal', '冲正 of a completion void', '0400', reversal('21', '200000', '06', '000102', _38=CODE, _61=OWN), True)

INFO = 'Sequence No12310000000042'.encode().hex()
for code in ('001', '003', '004', '005', '006'):
    write('sign-on-' + code, '签到 sign-on, keys of ' + code, '0800', {11: '000100', 60: '00000001' + code, 62: INFO, 63: '01 ', **IDS})
write('sign-off', '签退 sign-off', '0820', {11: '000100', 60: '00000001002', **IDS})
write('echo', '回响测试 echo test', '0820', {60: '00000001301', **IDS})
totals = '000000015300' '003' '000000005100' '001' '0' + '000000000100' '001' '000000000000' '000' '0'
write('settlement', '批结算 settlement', '0500', {11: '000110', 48: totals, 49: '156', 60: '00000001201', 63: '01 ', **IDS})
records = '02' + '00' '000101' + PAN.zfill(20) + '000000005100' + '01' '000103' '00004111111111111111' '000000000100'
write('upload', '批上送 of two magnetic-stripe transactions', '0320', {11: '000111', 48: records, 60: '00000001201', **IDS})
write('end-balanced', '批上送结束, totals balanced', '0320', {11: '000112', 48: '0000', 60: '00000001207', **IDS})
write('end-unbalanced', '批上送结束, totals unbalanced', '0320', {11: '000112', 48: '0002', 60: '00000001202', **IDS})
for code, words in (('203', 'balanced'), ('205', 'unbalanced'), ('204', 'failed, balanced'), ('206', 'failed, unbalanced')):
    fields = {2: PAN, 4: '000000005100', 11: '000113', 22: '051', 23: '001', 55: CHIP, 60: '00000001' + code, **IDS}
    write('upload-chip-' + code, '批上送 of a chip transaction, ' + words, '0320', fields)
upload_refund = {k: v for k, v in refund.items() if k not in (26, 35, 52, 53)} | {2: PAN, 11: '000114'}
write('upload-refund', '批上送 of a refund', '0320', upload_refund)
notice = trade('24', '000000', '06', '000114', _38=CODE, _61=dated, _2=PAN)
write('upload-completion-notice', '批上送 of a completion notice', '0320', {k: v for k, v in notice.items() if k not in (26, 35, 52, 53)})
script = {2: PAN, 4: '000000005100', 11: '000115', 22: '051', 23: '001', 37: REFERENCE, 49: '156', 55: 'DF310520000000FF' + '95050080000000', 60: '00000001951', 61: dated, **IDS}
write('script-notice', '脚本通知 script notice', '0620', script, True)

# track encryption: the 16 digits before the last one of an odd track
from_, to = len(TRACK2) - 17, len(TRACK2) - 1
hidden = des(TDK, bytes.fromhex(TRACK2[from_:to].replace('=', 'D'))).hex().upper()
write('sale-track-encrypted', '消费 sale, track 2 encrypted (004)', '0200', trade('22', '000000', _35=TRACK2[:from_] + hidden + TRACK2[to:], _53='2610000000000000'), True)

# SM4, which no acquirer has confirmed: a PIN block of 16 bytes, 53.2 of 3 or 4, the MAC as text or as bytes
for name, algorithm, make in (('sale-sm4', '3', sm4_text), ('sale-sm4-bytes', '4', sm4_bytes)):
    write(name, '消费 sale under SM4 (not confirmed)', '0200', trade('22', '000000', _52=SM4_PIN_BLOCK, _53='2' + algorithm + '0' * 14), True, make)
write('sale-sm4-reversal', '冲正 of a sale under SM4 (not confirmed)', '0400', reversal('22', '000000'), True, sm4_text)
