"""Redis by TLS: its certificate has to be one that the address names."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import redis
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from presence.redis_url import connected, connected_async
from tests.ports import free_port
from tests.services.redis_server import RedisServer


def certificate(folder: Path) -> tuple[Path, Path]:
    """One of this machine's, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Redis")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir()
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@pytest.mark.usefixtures("_redis")  # there is a Redis on this machine
async def test_a_server_is_believed_by_its_certificate_only(tmp_path: Path) -> None:
    own, key = certificate(tmp_path / "own")
    another, _ = certificate(tmp_path / "another")
    words = ["--tls-cert-file", str(own), "--tls-key-file", str(key), "--tls-auth-clients", "no"]
    server = RedisServer(tmp_path, *words, "--tls-port", str(port := free_port()))
    server.start().close()
    try:
        url = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs="
        with connected(f"{url}{own}") as client:
            assert client.ping()
        async with connected_async(f"{url}{own}") as other:
            assert await other.publish("anything", "at all") == 0
        with connected(f"{url}{another}") as client, pytest.raises(redis.ConnectionError):
            client.ping()
    finally:
        server.stop()
