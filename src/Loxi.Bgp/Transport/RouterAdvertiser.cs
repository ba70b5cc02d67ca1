using System.Net;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <summary>
/// Tells the systems of links that we are there, by router advertisements (RFC 4861 4.2) that make nobody take us for a default router: their lifetime is 0. Some
/// implementations find the neighbour of an unnumbered link by them alone.
/// </summary>
internal sealed partial class RouterAdvertiser : IAsyncDisposable
{
    private const byte RouterAdvertisement = 134;
    private const int Length = 16;
    private const int HopLimit = 255;

    // RFC 4861 6.2.4: at varying times, not before 3 s.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(7.5);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(2.5);
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    private readonly NetworkNamespace? _namespace;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    // Each with why it could not be sent on, to say that once.
    private readonly Dictionary<string, string?> _interfaces = new(StringComparer.Ordinal);

    internal RouterAdvertiser(NetworkNamespace? networkNamespace, TimeProvider time, Random random, ILogger logger)
    {
        (_namespace, _random, _logger) = (networkNamespace, random, logger);
        _timer = time.CreateTimer(static self => ((RouterAdvertiser)self!).SendAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Where to advertise from now on; on others no more.</summary>
    internal void Set(IEnumerable<string> interfaces)
    {
        lock (_gate)
        {
            var wanted = interfaces.ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _interfaces.Keys.Where(name => !wanted.Contains(name)).ToArray())
            {
                _interfaces.Remove(gone);
            }

            var added = wanted.Where(name => _interfaces.TryAdd(name, null)).Count();
            _timer.Change(_interfaces.Count == 0 ? Timeout.InfiniteTimeSpan : added > 0 ? TimeSpan.Zero : Next(), Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private TimeSpan Next() => LeastInterval + (_random.NextDouble() * Spread);

    private void SendAll()
    {
        lock (_gate)
        {
            foreach (var name in _interfaces.Keys.ToArray())
            {
                var failure = TrySend(name);
                if (failure is not null && failure != _interfaces[name])
                {
                    LogNotAdvertised(name, failure);
                }

                _interfaces[name] = failure;
            }

            if (_interfaces.Count > 0)
            {
                _timer.Change(Next(), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Sends one; says why it could not.</summary>
    private string? TrySend(string name)
    {
        try
        {
            if (_namespace is null)
            {
                Send(name);
            }
            else
            {
                _namespace.Run(() => Send(name));
            }

            return null;
        }
        catch (Exception exception) when (exception is SocketException or LinuxException)
        {
            return exception.Message;
        }
    }

    private static void Send(string name)
    {
        var index = Links.Index(name);
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6);
        socket.SetRawSocketOption(SocketLevel.Ipv6, SocketLevel.Ipv6MulticastHops, BitConverter.GetBytes(HopLimit));
        // Hop limit, flags, lifetime and timers 0: unspecified. The kernel writes the checksum.
        Span<byte> message = stackalloc byte[Length];
        message.Clear();
        message[0] = RouterAdvertisement;
        socket.SendTo(message, new IPEndPoint(new IPAddress(AllNodes.GetAddressBytes(), index), 0));
    }

    [LoggerMessage(4028, LogLevel.Warning, "BGP cannot send router advertisements on {Interface}, which a peer there waits for: {Reason}")]
    private partial void LogNotAdvertised(string @interface, string reason);
}
