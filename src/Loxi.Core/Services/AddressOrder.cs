using System.Net;
using System.Net.Sockets;

namespace Loxi.Core.Services;

/// <summary>A total order of addresses: IPv4 before IPv6, then by the bytes, then by scope. Does not allocate.</summary>
public static class AddressOrder
{
    /// <summary>Compares two addresses.</summary>
    /// <param name="left">One address.</param>
    /// <param name="right">The other address.</param>
    /// <returns>Negative, zero or positive.</returns>
    /// <exception cref="ArgumentNullException">An address is null.</exception>
    public static int Compare(IPAddress left, IPAddress right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.AddressFamily != right.AddressFamily)
        {
            return left.AddressFamily == AddressFamily.InterNetwork ? -1 : 1;
        }

        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        left.TryWriteBytes(a, out var length);
        right.TryWriteBytes(b, out _);
        var order = a[..length].SequenceCompareTo(b[..length]);
        return order != 0 || length == 4 ? order : left.ScopeId.CompareTo(right.ScopeId);
    }
}
