using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.TestKit.Availability;

/// <summary>
/// Sends a numbered datagram all the time through a VIP to a <see cref="UdpEchoServer"/>, which answers with the client's address that it sees: that of the node
/// which carried the datagram, where nodes rewrite sources. Several flows take turns, so that a router with several next hops uses all of them.
/// </summary>
public sealed class CarrierProber : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> _carriers;
    private readonly Socket[] _sockets;
    private readonly ProbeLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _receivers;
    private readonly Pacer _pacer;
    private readonly byte[] _probe = new byte[8];
    private long _late;
    private long _errors;

    private CarrierProber(LabHost host, CarrierProberOptions options)
    {
        _carriers = options.Carriers;
        _log = new(options.Period, options.Patience);
        _sockets = [.. Enumerable.Range(0, options.Flows).Select(_ => host.CreateSocket(options.Target.AddressFamily, SocketType.Dgram, ProtocolType.Udp))];
        foreach (var socket in _sockets)
        {
            socket.Blocking = false;
            // Not connected: an ICMP error about one datagram is no reason to send no other.
            socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
        }

        _receivers = [.. _sockets.Select(ReceiveAsync)];
        _pacer = new($"carrier {options.Target}", options.Period, () => Send(options.Target));
    }

    /// <summary>Answers that came too late to be counted.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Datagrams that the host could not send: no route, or nobody answers for the next hop.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    public static CarrierProber Start(LabHost host, CarrierProberOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        return options.Flows is >= 1 and <= 1024
            ? new(host, options)
            : throw new ArgumentOutOfRangeException(nameof(options), options.Flows, "flows of a prober: expected 1 to 1024");
    }

    /// <summary>Who carried datagrams until now; owners are the names of <see cref="CarrierProberOptions.Carriers"/>, else the addresses that the server saw.</summary>
    public OwnerTimeline Read() => _log.Read();

    public async ValueTask DisposeAsync()
    {
        _pacer.Dispose();
        await _stop.CancelAsync();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_receivers);
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Send(IPEndPoint target)
    {
        var number = _log.Add();
        BinaryPrimitives.WriteInt64BigEndian(_probe, number);
        try
        {
            _ = _sockets[number % _sockets.Length].SendTo(_probe, target);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _errors);
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        var buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _stop.Token);
                var now = LabClock.Now;
                if (TryRead(buffer.AsSpan(0, length), out var client, out var number)
                    && !_log.Answer(number, _carriers.GetValueOrDefault(client, client), now))
                {
                    Interlocked.Increment(ref _late);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                Interlocked.Increment(ref _errors);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    /// <summary>Reads <c>name|address:port|number</c>.</summary>
    private static bool TryRead(ReadOnlySpan<byte> answer, out string client, out int number)
    {
        (client, number) = ("", -1);
        var first = answer.IndexOf((byte)'|');
        var second = first < 0 ? -1 : answer[(first + 1)..].IndexOf((byte)'|');
        if (second < 0 || answer.Length != first + second + 2 + 8 || !IPEndPoint.TryParse(Encoding.ASCII.GetString(answer.Slice(first + 1, second)), out var seen))
        {
            return false;
        }

        client = seen.Address.ToString();
        number = (int)BinaryPrimitives.ReadInt64BigEndian(answer[(first + second + 2)..]);
        return true;
    }
}
