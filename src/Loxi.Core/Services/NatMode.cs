namespace Loxi.Core.Services;

/// <summary>What is rewritten in the packets of a service; the numbers are those of <c>mode</c> in the REST API.</summary>
public enum NatMode : byte
{
    /// <summary>Destination NAT: the endpoint sees the client's address, its answers return through the node. The default.</summary>
    Default = 0,

    /// <summary>Source is rewritten too, to an address of the node.</summary>
    OneArm = 1,

    /// <summary>Source is rewritten to the VIP or the private address.</summary>
    FullNat = 2,

    /// <summary>Direct server return: addresses stay, the endpoint answers the client itself.</summary>
    Dsr = 3,

    /// <summary>Connections end at the node in a user-space proxy.</summary>
    FullProxy = 4,

    /// <summary><see cref="OneArm"/> for every local address; the VIP is unspecified.</summary>
    HostOneArm = 5,
}
