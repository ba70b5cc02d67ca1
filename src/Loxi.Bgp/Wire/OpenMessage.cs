namespace Loxi.Bgp.Wire;

/// <summary>An OPEN (RFC 4271 4.2) with what its optional parameters say.</summary>
internal sealed record OpenMessage
{
    /// <summary>The AS: of the capability (RFC 6793) when there is one, else of the field.</summary>
    internal required uint As { get; init; }

    /// <summary>Hold time in seconds: 0, or 3 and more.</summary>
    internal required ushort HoldTime { get; init; }

    /// <summary>BGP identifier, in network order as a number; not 0 (RFC 6286).</summary>
    internal required uint Identifier { get; init; }

    internal required Capabilities Capabilities { get; init; }
}
