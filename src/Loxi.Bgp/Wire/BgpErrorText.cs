using System.Globalization;

namespace Loxi.Bgp.Wire;

/// <summary>What is wrong with an UPDATE, in words.</summary>
internal static class BgpErrorText
{
    internal static string Of(in BgpError error) => error.Attribute == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{SubcodeName(error.Subcode)} ({(byte)error.Code}/{error.Subcode}) at octet {error.Offset}")
        : string.Create(CultureInfo.InvariantCulture, $"{SubcodeName(error.Subcode)} ({(byte)error.Code}/{error.Subcode}) in attribute {error.Attribute} at octet {error.Offset}");

    /// <summary>RFC 4271 4.5, subcodes of the UPDATE Message Error.</summary>
    private static string SubcodeName(byte subcode) => subcode switch
    {
        1 => "malformed attribute list",
        2 => "unrecognized well-known attribute",
        3 => "missing well-known attribute",
        4 => "attribute flags",
        5 => "attribute length",
        6 => "invalid ORIGIN",
        8 => "invalid next hop",
        9 => "optional attribute",
        10 => "invalid network field",
        11 => "malformed AS_PATH",
        _ => "malformed",
    };
}
