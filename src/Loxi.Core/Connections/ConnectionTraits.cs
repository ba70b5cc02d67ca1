namespace Loxi.Core.Connections;

/// <summary>How a connection is carried.</summary>
[Flags]
public enum ConnectionTraits : byte
{
    /// <summary>Translated within one address family.</summary>
    None = 0,

    /// <summary>The endpoint's address is of another family than the client's: translated (NAT64, NAT46) or, with <see cref="Direct"/>, in a tunnel of that family.</summary>
    CrossFamily = 1,

    /// <summary>Direct server return: nothing is translated, the endpoint answers the client itself.</summary>
    Direct = 2,

    /// <summary>Direct server return in a tunnel (IP in IP). Only with <see cref="Direct"/>.</summary>
    Tunnel = 4,

    /// <summary>TCP or SCTP that was picked up in its middle and not answered by the endpoint yet.</summary>
    Loose = 8,
}
