import { describe, expect, it } from 'vitest';
import {
  describeKinds,
  isLibraryFile,
  kindOf,
  LIBRARY_KINDS,
} from '../../src/targets/library-kind.ts';

describe('kindOf', () => {
  it.each([
    ['openssl', ['SSL_read', 'SSL_write']],
    ['openssl', ['SSL_read_ex', 'SSL_write', 'SSL_free']],
    ['gnutls', ['gnutls_record_recv', 'gnutls_record_send2']],
    ['nss', ['PR_Recv', 'PR_Write']],
    ['openssl', ['PR_Read', 'PR_Write', 'SSL_read', 'SSL_write']],
  ])('calls a file %s with the functions %s', (name, functions) => {
    expect(kindOf(functions)?.name).toBe(name);
  });

  it.each([
    [[]],
    [['SSL_read', 'PR_Write']],
    [['gnutls_record_send']],
    [['BIO_read', 'BIO_write']],
  ])('takes no file that has but %s', (functions) => expect(kindOf(functions)).toBeUndefined());
});

describe('isLibraryFile', () => {
  it.each(['libssl.so', 'libssl.so.1.1', 'libgnutls.so.30', 'libnspr4.so'])('knows %s', (name) => {
    expect(isLibraryFile(name)).toBe(true);
  });

  it.each([
    'libssl3.so',
    'libcrypto.so.3',
    'libgnutlsxx.so.30',
    'libgnutls-dane.so.0',
    'mylibssl.so',
  ])('does not take %s for one', (name) => expect(isLibraryFile(name)).toBe(false));
});

it('finds the companion beside a library', () => {
  const paths = LIBRARY_KINDS.map(({ companion }) =>
    companion?.pathOf('/opt/libssl-nspr4/libssl.so.3'),
  );
  expect(paths[0]).toBe('/opt/libssl-nspr4/libcrypto.so.3');
  const nss = LIBRARY_KINDS.find(({ name }) => name === 'nss');
  expect(nss?.companion?.pathOf('/opt/nspr4/libnspr4.so')).toBe('/opt/nspr4/libssl3.so');
});

it('names each kind for a person', () => {
  expect(describeKinds()).toMatch(/^libssl\.so \(OpenSSL\), .* or libnspr4\.so \(NSS\)$/);
});
