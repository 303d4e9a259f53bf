/**
 * The service account of the simulated Google token endpoint. RSA keys cannot be made from a seed
 * in reasonable time, so this one is fixed. It protects nothing: it exists in this repository only,
 * no service outside of a simulation has ever known it.
 */
export const SERVICE_ACCOUNT_PRIVATE_KEY_PEM = `
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDCSBKkMAzJdMDd
Gd+wqosDcCaXFQY81j2aO38rJszSK6br9QUmtcEpzKfJsN0W3AUTURF4av8byutm
jXJY2GunH033AJvQ5x0bJyVdobYCYa++V3cAYCa5mrIslyydW1rZPVKRaYNJoWFk
yfVVo7b1/TUmx7yeIMiphXAj9v2xvJZB8gGHXhoKNHsSR1O0ZZXR47RnEYtXvPTQ
LgXvO3Hu7xwfnL6Uk7Od+HerM1sR9ncRnYe6SOhsFgpzVsM1YWM3EE8nAAQVsFh3
oQL+Zy2IcRCveOsjVtPM1XXGAeB2ujme8Fn9+rgaShOtE8j+GFq0rnngNOd3clIL
VelfhYK7AgMBAAECggEAKL5UqnopNFZ32+aBMtuRK7dpYGXYWQnVAXNYyAPrEGh3
KSTJX8TeLZXt2i5tL04VAmgN8eL+fSWhGHCxelBowzOddh96jeTqBbe/7lLriLRT
1ucg3cNMW8BFfXR2tslh1A04M6adEeP2ONzhxoP+6refXfKla8QUUPja+6/gpFU6
v4RTwqlZ2ez6gjp/TNySBWgyQtR+Z1deTxBq0y0Ac6c7IKcNwB+GghRztNV13kTi
uvgQzQ3lC2qOC37kADnKcahKneZg6QIQnGgbI6uOGmnMJo/Tnj0EyU7FJ1OR1B+y
loCuSfR6XOGFyE1Ga2Oo5c0TpDjuVzsxGnydmcafAQKBgQDrkCYfNZWOmLb82QAM
q84SEvRqy2iYFdtFcNJ+KmI4wOYRWdgYQ4pQSoBteztY2nC/2c26lZNfesQuibku
7WK+9KdZqzgfNvEJC4O5yuepk9LB7mZbyQqGqZLF2MwVvHFGhhfelbemQ30QG8tB
pfL8sKKXgEB8u4h8CCaqd4UngwKBgQDTIw/FlEu9JtuVyDw447bT4Gu3q6CVKQnQ
CPSHZ2wUgtQEXgQoawPmbOUB98UlUFsUgFPnRhyccEi9/22bcz+1oSE0jHOThZVo
fAuP6SqL5BR/68OxXPfnsVmp2kW26jznW9bnF76q/xw85w5wPD4F7GQ4eoreqUIx
ZiuE0ncaaQKBgQDNBK2ZNhrPe+yvTfI0FQeKRYMCu7xxuXwZCOO6uQq5mHHkogxo
ucfUr7LtFncFk0DUSS07+ljEneXHF0jcJfFufyJz8Ygr6raIB8SC3K0ZszWYYfQm
aGhH4aiDl3ewZ00zcxutNyMaitx7O6WAon1EHju0ngQCS3mzcaitbs6uHwKBgGLw
oDhvWNqntejHr2jdVNSO6wtj8tlTJNUHDUfScDRgZmgxgnNKSsaVKu+0Iv9sW3IM
/MR493lbqMrYQo3BAQ7lFgFg+9wakjwnPOfQVO6/D9guLEMWFNnPIvxUW6zusWGd
iOQ8HU5WQ+5KPFrd8BaogwJwclkLKgiqHySb19JZAoGBALIOCf/LhBVcRWIwzlBc
btImOsgvrfpglIW+k6aNBLIeEr6yzap4uhsxIm5BG3zGFcsPHV0P+hvYdH2eyKob
GQeEt0V6tngHMB1gW+3Jllp23okPoOMHBDGri0ewx4iSuAHqdpCQJIwFnn7tCt9l
mYpA4Wtyk3L6ugWvSIhaLr2P
-----END PRIVATE KEY-----
`.trimStart();

export const SERVICE_ACCOUNT_PUBLIC_KEY_PEM = `
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwkgSpDAMyXTA3RnfsKqL
A3AmlxUGPNY9mjt/KybM0ium6/UFJrXBKcynybDdFtwFE1EReGr/G8rrZo1yWNhr
px9N9wCb0OcdGyclXaG2AmGvvld3AGAmuZqyLJcsnVta2T1SkWmDSaFhZMn1VaO2
9f01Jse8niDIqYVwI/b9sbyWQfIBh14aCjR7EkdTtGWV0eO0ZxGLV7z00C4F7ztx
7u8cH5y+lJOznfh3qzNbEfZ3EZ2HukjobBYKc1bDNWFjNxBPJwAEFbBYd6EC/mct
iHEQr3jrI1bTzNV1xgHgdro5nvBZ/fq4GkoTrRPI/hhatK554DTnd3JSC1XpX4WC
uwIDAQAB
-----END PUBLIC KEY-----
`.trimStart();

/** The id by which the JWT's header names the key; any would do. */
const SERVICE_ACCOUNT_KEY_ID = 'b3115e7e8a1f4c0d9e2a6b7c5d4e3f2a1b0c9d8e';

/** A service account's key file, the fields that clients read (google-auth-library, gtoken). */
export interface ServiceAccount {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}

/** `tokenUri` is ignored by Google's own clients (their token URL is fixed), honoured by others. */
export function serviceAccount(projectId: string, tokenUri: string): ServiceAccount {
  return {
    type: 'service_account',
    project_id: projectId,
    private_key_id: SERVICE_ACCOUNT_KEY_ID,
    private_key: SERVICE_ACCOUNT_PRIVATE_KEY_PEM,
    client_email: `bellwether@${projectId}.iam.gserviceaccount.test`,
    client_id: '100000000000000000001',
    token_uri: tokenUri,
  };
}
