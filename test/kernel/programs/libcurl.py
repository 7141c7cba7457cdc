"""LIBRARY URL...: gets each URL by libcurl, over one connection, as the curl command does by its own."""
import ctypes
import sys

URL = 10002
SSL_VERIFYPEER = 64
SSL_VERIFYHOST = 81
HTTP_VERSION = 84
HTTP_VERSION_1_1 = 2

curl = ctypes.CDLL(sys.argv[1])
curl.curl_easy_init.restype = ctypes.c_void_p
handle = ctypes.c_void_p(curl.curl_easy_init())


def set_option(option, value):
    # Variadic: each argument goes as the type that it has here.
    if curl.curl_easy_setopt(handle, option, value) != 0:
        sys.exit('curl_easy_setopt %d' % option)


set_option(SSL_VERIFYPEER, ctypes.c_long(0))
set_option(SSL_VERIFYHOST, ctypes.c_long(0))
set_option(HTTP_VERSION, ctypes.c_long(HTTP_VERSION_1_1))
for url in sys.argv[2:]:
    set_option(URL, ctypes.c_char_p(url.encode()))
    result = curl.curl_easy_perform(handle)
    if result != 0:
        sys.exit('%s: error %d of libcurl' % (url, result))
curl.curl_easy_cleanup(handle)
