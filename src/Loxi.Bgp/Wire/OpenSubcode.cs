namespace Loxi.Bgp.Wire;

/// <summary>Subcodes of an OPEN message error (RFC 4271 6.2, 5492, 9234).</summary>
internal static class OpenSubcode
{
    internal const byte Unspecific = 0;
    internal const byte UnsupportedVersion = 1;
    internal const byte BadPeerAs = 2;
    internal const byte BadIdentifier = 3;
    internal const byte UnsupportedParameter = 4;
    internal const byte UnacceptableHoldTime = 6;
    internal const byte UnsupportedCapability = 7;
    internal const byte RoleMismatch = 11;
}
