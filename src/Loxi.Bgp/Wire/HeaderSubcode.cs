namespace Loxi.Bgp.Wire;

/// <summary>Subcodes of a message header error (RFC 4271 6.1).</summary>
internal static class HeaderSubcode
{
    internal const byte ConnectionNotSynchronized = 1;
    internal const byte BadMessageLength = 2;
    internal const byte BadMessageType = 3;
}
