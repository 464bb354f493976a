"""What a signed envelope encloses (CMS signed-data, RFC 5652). Not told here: whose signature, and whether it holds."""

from asn1crypto import cms


def signed_content(data: bytes) -> bytes:
    """Return the enclosed message, b"" where there is none: encrypted, detached, damaged."""
    try:
        envelope = cms.ContentInfo.load(data)
        if envelope["content_type"].native != "signed_data":
            return b""
        return envelope["content"]["encap_content_info"]["content"].native or b""
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError):
        return b""
