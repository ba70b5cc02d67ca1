using System.Net;

namespace Loxi.Core.Services;

/// <summary>A server that takes connections of a service.</summary>
/// <param name="Address">Its address, of the VIP's family or the other one.</param>
/// <param name="Port">Its port in host byte order, 1 to 65,535; 0 for ICMP, and in a port range for the port that the client used.</param>
/// <param name="Weight">Its share relative to the others, 1 to 65,535. Round robin does not look at it.</param>
public sealed record ServiceEndpoint(IPAddress Address, ushort Port, int Weight) : IComparable<ServiceEndpoint>
{
    /// <summary>Whether it keeps the connections that it has and gets no new ones.</summary>
    /// <value>Default: false.</value>
    public bool Draining { get; init; }

    /// <summary>Orders by family, address, port and weight.</summary>
    /// <param name="other">The other endpoint; null comes first.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(ServiceEndpoint? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = AddressOrder.Compare(Address, other.Address);
        order = order != 0 ? order : Port.CompareTo(other.Port);
        return order != 0 ? order : Weight.CompareTo(other.Weight);
    }

    /// <summary>True when <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other endpoint.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <(ServiceEndpoint left, ServiceEndpoint right) => Compare(left, right) < 0;

    /// <summary>True when <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other endpoint.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >(ServiceEndpoint left, ServiceEndpoint right) => Compare(left, right) > 0;

    /// <summary>True unless <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other endpoint.</param>
    /// <returns>The comparison.</returns>
    public static bool operator <=(ServiceEndpoint left, ServiceEndpoint right) => Compare(left, right) <= 0;

    /// <summary>True unless <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other endpoint.</param>
    /// <returns>The comparison.</returns>
    public static bool operator >=(ServiceEndpoint left, ServiceEndpoint right) => Compare(left, right) >= 0;

    /// <summary>Address and port, e.g. <c>192.0.2.10:8080</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => new IPEndPoint(Address, Port).ToString();

    private static int Compare(ServiceEndpoint? left, ServiceEndpoint? right) => left is null ? (right is null ? 0 : -1) : left.CompareTo(right);
}
