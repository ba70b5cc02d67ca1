namespace Loxi.Nat.Translation;

/// <summary>Types, codes and pointers of ICMP in the other family (RFC 7915 4.2 and 5.2, figures 3 and 6).</summary>
internal static class IcmpMapping
{
    public const byte EchoReply4 = 0;
    public const byte Unreachable4 = 3;
    public const byte Echo4 = 8;
    public const byte TimeExceeded4 = 11;
    public const byte ParameterProblem4 = 12;
    public const byte Unreachable6 = 1;
    public const byte PacketTooBig6 = 2;
    public const byte TimeExceeded6 = 3;
    public const byte ParameterProblem6 = 4;
    public const byte Echo6 = 128;
    public const byte EchoReply6 = 129;

    private const byte FragmentationNeeded = 4;
    private const byte NextHeaderField = 6;

    /// <summary>The type of an echo or its answer in the other family; null for anything else.</summary>
    public static byte? Query(bool isIpv6, byte type) => (isIpv6, type) switch
    {
        (false, Echo4) => Echo6,
        (false, EchoReply4) => EchoReply6,
        (true, Echo6) => Echo4,
        (true, EchoReply6) => EchoReply4,
        _ => null,
    };

    /// <summary>Whether a message quotes a packet (RFC 1122 3.2.2, RFC 4443 2.1).</summary>
    public static bool IsError(bool isIpv6, byte type) => isIpv6 ? type < Echo6 : type is Unreachable4 or 4 or 5 or TimeExceeded4 or ParameterProblem4;

    /// <summary>Whether a type is that of an echo request.</summary>
    public static bool IsRequest(byte type) => type is Echo4 or Echo6;

    /// <summary>An ICMPv4 error as ICMPv6; null when there is no such.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="code">Its code.</param>
    /// <param name="rest">The four bytes behind its checksum.</param>
    /// <param name="quoted">The packet that it is about.</param>
    public static (byte Type, byte Code, uint Parameter)? ToIpv6(byte type, byte code, uint rest, in IpHeader quoted) => (type, code) switch
    {
        (Unreachable4, 2) => (ParameterProblem6, 1, NextHeaderField),
        (Unreachable4, 3) => (Unreachable6, 4, 0),
        (Unreachable4, FragmentationNeeded) => (PacketTooBig6, 0, PathMtu.ToIpv6((int)(rest & 0xffff), quoted.TotalLength, quoted.HasIdentification)),
        (Unreachable4, 9 or 10 or 13 or 15) => (Unreachable6, 1, 0),
        (Unreachable4, <= 8 or 11 or 12) => (Unreachable6, 0, 0),
        (TimeExceeded4, _) => (TimeExceeded6, code, 0),
        (ParameterProblem4, 0 or 2) when PointerToIpv6(rest >> 24) is { } pointer => (ParameterProblem6, 0, pointer),
        _ => null,
    };

    /// <summary>An ICMPv6 error as ICMPv4; null when there is no such.</summary>
    /// <inheritdoc cref="ToIpv6"/>
    public static (byte Type, byte Code, uint Parameter)? ToIpv4(byte type, byte code, uint rest, in IpHeader quoted) => (type, code) switch
    {
        (Unreachable6, 0 or 2 or 3) => (Unreachable4, 1, 0),
        (Unreachable6, 1) => (Unreachable4, 10, 0),
        (Unreachable6, 4) => (Unreachable4, 3, 0),
        (PacketTooBig6, _) => (Unreachable4, FragmentationNeeded, PathMtu.ToIpv4(rest, quoted.HasIdentification)),
        (TimeExceeded6, _) => (TimeExceeded4, code, 0),
        (ParameterProblem6, 0) when PointerToIpv4(rest) is { } pointer => (ParameterProblem4, 0, pointer << 24),
        (ParameterProblem6, 1) => (Unreachable4, 2, 0),
        _ => null,
    };

    private static uint? PointerToIpv6(uint pointer) => pointer switch
    {
        0 or 1 => pointer,
        2 or 3 => 4,
        8 => 7,
        9 => NextHeaderField,
        >= 12 and <= 15 => 8,
        >= 16 and <= 19 => 24,
        _ => null,
    };

    private static uint? PointerToIpv4(uint pointer) => pointer switch
    {
        0 or 1 => pointer,
        4 or 5 => 2,
        NextHeaderField => 9,
        7 => 8,
        >= 8 and <= 23 => 12,
        >= 24 and <= 39 => 16,
        _ => null,
    };
}
