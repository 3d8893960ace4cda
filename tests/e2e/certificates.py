"""A certificate authority of the test's own, and a broker's certificate that it has signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.e2e.traffic import HOST

if TYPE_CHECKING:
    from pathlib import Path


class Authority(NamedTuple):
    """Files: the authority's certificate, and the broker's certificate and key."""

    ca: Path
    certificate: Path
    key: Path


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


def make_authority(folder: Path, days: float = 1) -> Authority:
    """Make them in the folder; they are good for so many days from now, or ended as many ago."""
    folder.mkdir(exist_ok=True)
    authority, broker = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Da Nang test authority of {folder.name}")])
    own = (
        _unsigned(issuer, issuer, authority, authority, max(1, days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS, critical=True)
        .sign(authority, hashes.SHA256())
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    signed = (
        _unsigned(subject, issuer, broker, authority, days)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .sign(authority, hashes.SHA256())
    )
    files = Authority(folder / "ca.pem", folder / "broker.pem", folder / "broker.key")
    files.ca.write_bytes(own.public_bytes(Encoding.PEM))
    files.certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    files.key.write_bytes(broker.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    days: float,
) -> x509.CertificateBuilder:
    """With the two key identifiers; without them, and an authority's key usage, Python 3.13 believes no certificate."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=min(0, 2 * days)) - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
