// mailmove: OpenSSL macros that Swift cannot import, as functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/eventfd.h>

static inline long mm_ssl_set_sni(SSL *ssl, const char *host) {
  return SSL_set_tlsext_host_name(ssl, (char *)host);
}
static inline int mm_ctx_set_min_version(SSL_CTX *ctx, int version) {
  return (int)SSL_CTX_set_min_proto_version(ctx, version);
}
static inline int mm_ctx_set_max_version(SSL_CTX *ctx, int version) {
  return (int)SSL_CTX_set_max_proto_version(ctx, version);
}
static inline long mm_ctx_set_mode(SSL_CTX *ctx, long mode) { return SSL_CTX_set_mode(ctx, mode); }
static inline void mm_ctx_set_read_ahead(SSL_CTX *ctx, int on) { SSL_CTX_set_read_ahead(ctx, on); }
static inline void mm_ctx_allow_legacy_connect(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
}
static inline void mm_ctx_refuse_renegotiation(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}
static inline long mm_ctx_set_tmp_dh_auto(SSL_CTX *ctx, int on) {
  return SSL_CTX_set_dh_auto(ctx, on);
}
static inline int mm_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline int mm_evp_rsa_bits(EVP_PKEY_CTX *ctx, int bits) {
  return EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits);
}
static inline EVP_PKEY *mm_evp_rsa_gen(unsigned int bits) { return EVP_RSA_gen(bits); }
static inline EVP_PKEY *mm_evp_ec_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline unsigned long mm_err_reason(unsigned long code) { return ERR_GET_REASON(code); }
static const int mm_mbstring_utf8 = MBSTRING_UTF8;
