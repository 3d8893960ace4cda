"""A certificate authority of the site's own, and the broker's certificate that it signs.

A LoRaWAN site seldom has a public name, so no public authority would sign for its broker. The key of the authority is
needed again only when the broker's certificate ends: it can be kept elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Sequence

AUTHORITY_DAYS = 3650
SERVER_DAYS = 825
"""The longest that common TLS libraries believe a server's certificate for."""

_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Certificates(NamedTuple):
    """PEM: the authority's certificate and key, the broker's certificate and key."""

    authority: bytes
    authority_key: bytes
    server: bytes
    server_key: bytes


def make(hosts: Sequence[str]) -> Certificates:
    """Make an authority and a certificate of a server that answers to these names and addresses.

    Raises:
        CityloraError: one of them can stand in no certificate.
    """
    own, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name("citylora site authority")
    authority = (
        _unsigned(issuer, issuer, own, own, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS, critical=True)
        .sign(own, hashes.SHA256())
    )
    signed = (
        _unsigned(_name(hosts[0]), issuer, server, own, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .sign(own, hashes.SHA256())
    )
    return Certificates(
        authority.public_bytes(Encoding.PEM), _pem(own), signed.public_bytes(Encoding.PEM), _pem(server)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text)
    except ValueError as error:
        raise CityloraError(
            f"{text!r} is no name of a machine", "write a name such as mqtt.example.vn, or an address"
        ) from error


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    days: int,
) -> x509.CertificateBuilder:
    """With the two key identifiers, without which Python 3.13 believes no certificate; an hour for clocks that lag."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
