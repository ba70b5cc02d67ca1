using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Ha.Sync.Connections;

/// <summary>Which connection: its client's side.</summary>
/// <param name="Client">The client's address.</param>
/// <param name="Vip">The address that it uses.</param>
/// <param name="ClientPort">Its port; the identifier of an ICMP echo.</param>
/// <param name="VipPort">The port that it uses; 0 for ICMP.</param>
/// <param name="Protocol">Protocol.</param>
public readonly record struct ConnectionKey(FlowAddress Client, FlowAddress Vip, ushort ClientPort, ushort VipPort, ServiceProtocol Protocol)
{
    /// <summary>What the entry is about.</summary>
    /// <value>Default: a connection. Of a client of a service with persist selection <see cref="ClientPort"/> is 0, and <see cref="VipPort"/> the service's first port.</value>
    public ConnectionEntryKind Kind { get; init; }

    /// <summary>Traffic class of the service of a client; 0 for connections, which are known without.</summary>
    /// <value>Default: 0.</value>
    public uint Block { get; init; }

    /// <summary>Differs from run to run: clients choose most of a key, and shall not choose its place in a table.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(Client.High, Client.Low, Vip.High, Vip.Low, ((ulong)ClientPort << 32) | ((ulong)VipPort << 16) | ((ulong)Kind << 8) | (byte)Protocol, Block);
}
