using System.Net;

namespace Loxi.Core.Services;

/// <summary>What tells one service from another.</summary>
/// <param name="Vip">The virtual address that clients use.</param>
/// <param name="Protocol">The protocol.</param>
/// <param name="Port">The first port in host byte order; 0 for ICMP.</param>
/// <param name="PortMax">The last port, inclusive; equal to <paramref name="Port"/> for a single port (0 for ICMP).</param>
/// <param name="Block">Traffic class (firewall mark) that the service is limited to; 0 = every packet.</param>
/// <param name="Host">Host name of a proxied service; empty = every host.</param>
public sealed record ServiceKey(IPAddress Vip, ServiceProtocol Protocol, ushort Port, ushort PortMax, uint Block, string Host)
    : IComparable<ServiceKey>
{
    /// <summary>A key with a single port, no block and no host.</summary>
    /// <param name="vip">The virtual address.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="port">The port in host byte order; 0 for ICMP.</param>
    public ServiceKey(IPAddress vip, ServiceProtocol protocol, ushort port)
        : this(vip, protocol, port, port, 0, "")
    {
    }

    /// <summary>Orders by family, address, protocol, ports, block and host (ordinal).</summary>
    /// <param name="other">The other key; null comes first.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(ServiceKey? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = AddressOrder.Compare(Vip, other.Vip);
        order = order != 0 ? order : Protocol.CompareTo(other.Protocol);
        order = order != 0 ? order : Port.CompareTo(other.Port);
        order = order != 0 ? order : PortMax.CompareTo(other.PortMax);
        order = order != 0 ? order : Block.CompareTo(other.Block);
        return order != 0 ? order : string.CompareOrdinal(Host, other.Host);
    }

    /// <summary>True when <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other key.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <(ServiceKey left, ServiceKey right) => Compare(left, right) < 0;

    /// <summary>True when <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other key.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >(ServiceKey left, ServiceKey right) => Compare(left, right) > 0;

    /// <summary>True unless <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other key.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <=(ServiceKey left, ServiceKey right) => Compare(left, right) <= 0;

    /// <summary>True unless <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One key.</param>
    /// <param name="right">The other key.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >=(ServiceKey left, ServiceKey right) => Compare(left, right) >= 0;

    /// <summary>Short text for messages, e.g. <c>tcp 192.0.2.1:80</c> or <c>udp [2001:db8::1]:53-60 block 4 host a.example</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var address = Vip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Vip}]" : Vip.ToString();
        var ports = PortMax == Port ? $"{Port}" : $"{Port}-{PortMax}";
        var block = Block == 0 ? "" : $" block {Block}";
        var host = Host.Length == 0 ? "" : $" host {Host}";
        return $"{ServiceProtocolNames.NameOf(Protocol)} {address}:{ports}{block}{host}";
    }

    private static int Compare(ServiceKey? left, ServiceKey? right) => left is null ? (right is null ? 0 : -1) : left.CompareTo(right);
}
