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
#include <sys/prctl.h>

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
static inline void mm_ctx_set_legacy_connect(SSL_CTX *ctx, int on) {
  if (on) {
    SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
  } else {
    SSL_CTX_clear_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
  }
}
static inline void mm_ctx_refuse_renegotiation(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}
static inline long mm_ctx_set_tmp_dh_auto(SSL_CTX *ctx, int on) {
  return SSL_CTX_set_dh_auto(ctx, on);
}
static inline int mm_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
static inline void mm_seal_process(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline void mm_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline EVP_PKEY *mm_evp_rsa_gen(unsigned int bits) { return EVP_RSA_gen(bits); }
static inline EVP_PKEY *mm_evp_ec_gen(const char *curve) { return EVP_EC_gen(curve); }
static inline unsigned long mm_err_reason(unsigned long code) { return ERR_GET_REASON(code); }
static const int mm_mbstring_utf8 = MBSTRING_UTF8;
/* The errno of an error that comes from the system, else 0. */
static inline int mm_err_errno(unsigned long code) {
  return ERR_SYSTEM_ERROR(code) ? ERR_GET_REASON(code) : 0;
}
static inline int mm_err_library(unsigned long code) { return ERR_GET_LIB(code); }
static const long mm_mode_moving_write_buffer = SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;
static inline void mm_free(void *memory) { OPENSSL_free(memory); }
/* RFC 2253: control characters and everything that is not ASCII are escaped. */
static inline unsigned long mm_name_flags(void) { return XN_FLAG_RFC2253; }

static inline void *mm_subject_names(const X509 *certificate) {
  return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline void mm_subject_names_free(void *names) {
  GENERAL_NAMES_free((GENERAL_NAMES *)names);
}
static inline int mm_subject_names_count(const void *names) {
  return sk_GENERAL_NAME_num((const GENERAL_NAMES *)names);
}
/* The bytes of a DNS name or an address; NULL for other kinds of name. */
static inline const unsigned char *mm_subject_name_at(
    const void *names, int index, long *length, int *is_address) {
  int kind = 0;
  const GENERAL_NAME *name = sk_GENERAL_NAME_value((const GENERAL_NAMES *)names, index);
  const ASN1_STRING *value = (const ASN1_STRING *)GENERAL_NAME_get0_value(name, &kind);
  if (kind != GEN_DNS && kind != GEN_IPADD) return NULL;
  *is_address = kind == GEN_IPADD;
  *length = ASN1_STRING_length(value);
  return ASN1_STRING_get0_data(value);
}
static inline int mm_peer_chain_count(const SSL *ssl) {
  return sk_X509_num(SSL_get_peer_cert_chain(ssl));
}
static inline X509 *mm_peer_chain_at(const SSL *ssl, int index) {
  return sk_X509_value(SSL_get_peer_cert_chain(ssl), index);
}
static inline void mm_ctx_add_chain(SSL_CTX *ctx, X509 *issuer) {
  SSL_CTX_add_extra_chain_cert(ctx, issuer);
}
