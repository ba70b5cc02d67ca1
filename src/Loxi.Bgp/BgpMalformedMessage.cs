using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>A message that was wrong, kept for whoever has to find out why (RFC 7606 6).</summary>
/// <param name="Time">When it arrived, by the wall clock.</param>
/// <param name="Reaction">What followed.</param>
/// <param name="Text">What was wrong, in words.</param>
public sealed record BgpMalformedMessage(DateTimeOffset Time, BgpErrorReaction Reaction, string Text)
{
    /// <summary>Type code of the attribute.</summary>
    /// <value>Null: it is about none.</value>
    public byte? Attribute { get; init; }

    /// <summary>Where in the message, in octets from its marker.</summary>
    public int Offset { get; init; }

    /// <summary>The first prefixes of the message, at most 32: those that it announces, then those that it withdraws.</summary>
    /// <value>None where the session was reset: nothing of such a message is relied on.</value>
    public ImmutableArray<IPNetwork> Prefixes { get; init; } = [];

    /// <summary>The whole message with its header.</summary>
    public ImmutableArray<byte> Message { get; init; } = [];
}
