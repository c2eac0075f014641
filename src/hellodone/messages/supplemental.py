"""What SupplementalData may hold: user mapping hints and authorisation data (RFC 4680, 4681, 5878)."""

from typing import Annotated

from hellodone.messages.extensions.trust import AuthzDataFormat
from hellodone.messages.types import HashAlgorithm, der, named, numbered
from hellodone.registry.codes import HashAlgorithm as Hash
from hellodone.registry.codes import SupplementalDataType, UserMappingType
from hellodone.wire.codec import fixed, opaque, text, uint8, uint16, vector
from hellodone.wire.forms import sized, unassigned
from hellodone.wire.struct import Struct, select


class UpnDomainHint(Struct):
    """Who the client is in a directory: user@domain, and the domain (RFC 4681, 3)."""

    user_principal_name: Annotated[bytes, opaque(0, 2**16 - 1, text)]
    domain_name: Annotated[bytes, opaque(0, 2**16 - 1, text)]


class UserMappingData(Struct):
    """One hint; its length stands before the variant (RFC 4681, 3)."""

    user_mapping_version: Annotated[int, named(uint8, UserMappingType)]
    user_mapping_data: Annotated[
        UpnDomainHint | bytes,
        select(
            "user_mapping_version",
            {UserMappingType.upn_domain_hint: sized(UpnDomainHint, 2**16 - 1)},
            default=opaque(0, 2**16 - 1),
        ),
    ]


class UserMappingDataList(Struct):
    """Hints for the server to find the user by (RFC 4681, 3)."""

    user_mapping_data_list: Annotated[tuple[UserMappingData, ...], vector(UserMappingData, 1, 2**16 - 1)]


class URLandHash(Struct):
    """Where authorisation data is, and its hash (RFC 5878, 3.3)."""

    url: Annotated[bytes, opaque(1, 2**16 - 1, text)]
    hash_alg: Annotated[int, HashAlgorithm]
    hash: Annotated[
        bytes,
        select(
            "hash_alg",
            {
                Hash.md5: fixed(16),
                Hash.sha1: fixed(20),
                Hash.sha224: fixed(28),
                Hash.sha256: fixed(32),
                Hash.sha384: fixed(48),
                Hash.sha512: fixed(64),
            },
            default=unassigned,
        ),
    ]


class AuthorizationDataEntry(Struct):
    """One piece of authorisation data, or where it is (RFC 5878, 3.3)."""

    authz_format: Annotated[int, named(uint8, AuthzDataFormat)]
    authz_data: Annotated[
        bytes | URLandHash,
        select(
            "authz_format",
            {
                AuthzDataFormat.x509_attr_cert: opaque(1, 2**16 - 1, der),
                AuthzDataFormat.saml_assertion: opaque(1, 2**16 - 1, text),
                AuthzDataFormat.x509_attr_cert_url: URLandHash,
                AuthzDataFormat.saml_assertion_url: URLandHash,
            },
            default=unassigned,
        ),
    ]


class AuthorizationData(Struct):
    """What the client, or the server, may do (RFC 5878, 3.3)."""

    authz_data_list: Annotated[tuple[AuthorizationDataEntry, ...], vector(AuthorizationDataEntry, 1, 2**16 - 1)]


class SupplementalDataEntry(Struct):
    """A type, a length of two bytes, and data in the form that the type says (RFC 4680, 2)."""

    supp_data_type: Annotated[int, numbered(uint16, SupplementalDataType)]
    supp_data: Annotated[
        UserMappingDataList | AuthorizationData | bytes,
        select(
            "supp_data_type",
            {
                SupplementalDataType.user_mapping_data: sized(UserMappingDataList, 2**16 - 1),
                SupplementalDataType.authz_data: sized(AuthorizationData, 2**16 - 1),
            },
            default=opaque(0, 2**16 - 1),
        ),
    ]
