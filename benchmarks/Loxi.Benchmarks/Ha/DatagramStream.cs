using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <summary>Datagrams at a steady rate from a client of a service to an endpoint that sends each back, on few flows: which of them came back, and how long that took.</summary>
internal sealed class DatagramStream : IDisposable
{
    private const int Flows = 4;
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(1);

    private readonly Socket _server;
    private readonly Socket[] _clients;
    private readonly Thread[] _threads;
    private readonly int _perTurn;

    // When each was sent and came back, ticks of LabClock.
    private readonly long[] _sent;
    private readonly long[] _back;
    private volatile bool _stops;
    private int _count;
    private long _errors;

    /// <param name="lab">A lab whose service has the first endpoint as its only one, at the same port.</param>
    /// <param name="port">The port of the service.</param>
    /// <param name="perSecond">Datagrams a second, a multiple of 1,000.</param>
    /// <param name="longest">After that nothing is sent any more.</param>
    internal DatagramStream(ScenarioLab lab, int port, int perSecond, TimeSpan longest)
    {
        _perTurn = perSecond / 1000;
        (_sent, _back) = (new long[(int)(perSecond * longest.TotalSeconds)], new long[(int)(perSecond * longest.TotalSeconds)]);
        _server = lab.Lab["ep1"].CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _server.Bind(new IPEndPoint(IPAddress.Any, port));
        _clients = [.. Enumerable.Range(0, Flows).Select(_ => lab.Client.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))];
        foreach (var client in _clients)
        {
            client.Connect(lab.Vip, port);
        }

        _threads = [New("datagrams-server", Serve), .. _clients.Select(client => New("datagrams-back", () => Receive(client))), New("datagrams", Send)];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>How many have come back so far.</summary>
    internal int Back => _back.Count(static at => at != 0);

    /// <summary>What became of those that were sent in a time: the longest time in which none came back that was sent in it, or one took.</summary>
    internal (int Sent, int Lost, TimeSpan Gap) Read(TimeSpan from, TimeSpan to)
    {
        var (sent, lost, gap, since) = (0, 0, 0L, 0L);
        for (var i = 0; i < Volatile.Read(ref _count); i++)
        {
            if (_sent[i] < from.Ticks || _sent[i] >= to.Ticks)
            {
                continue;
            }

            sent++;
            if (Volatile.Read(ref _back[i]) is var back && back == 0)
            {
                lost++;
                since = since == 0 ? _sent[i] : since;
                continue;
            }

            gap = Math.Max(gap, Math.Max(back - _sent[i], since == 0 ? 0 : _sent[i] - since));
            since = 0;
        }

        return (sent, lost, TimeSpan.FromTicks(gap));
    }

    /// <summary>Datagrams that a host could not send or receive: one that says that nobody is there, for example.</summary>
    internal long Errors => Interlocked.Read(ref _errors);

    public void Dispose()
    {
        _stops = true;
        foreach (var socket in _clients.Append(_server))
        {
            // Threads that wait for a datagram end by it.
            socket.Dispose();
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private static Thread New(string name, Action run) => new(() =>
    {
        Interop.Libc.Prefer();
        run();
    })
    { IsBackground = true, Name = name };

    private void Send()
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        var next = LabClock.Now;
        while (!_stops && _count < _sent.Length)
        {
            // What a late turn has missed is sent with the next one: the rate is what is asked for.
            for (var i = 0; i < _perTurn && _count < _sent.Length; i++)
            {
                MemoryMarshal.Write(number, _count);
                _sent[_count] = LabClock.Now.Ticks;
                Volatile.Write(ref _count, _count + 1);
                Send(_clients[_count % Flows], number);
            }

            next += _turn;
            if (next - LabClock.Now is { Ticks: > 0 } rest)
            {
                Thread.Sleep(rest);
            }
        }
    }

    private void Send(Socket client, ReadOnlySpan<byte> number)
    {
        try
        {
            _ = client.Send(number);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Note();
        }
    }

    private void Serve()
    {
        var buffer = new byte[64];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (!_stops)
        {
            try
            {
                var length = _server.ReceiveFrom(buffer, SocketFlags.None, from);
                _ = _server.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Note();
            }
        }
    }

    private void Receive(Socket client)
    {
        var buffer = new byte[64];
        while (!_stops)
        {
            try
            {
                if (client.Receive(buffer) == sizeof(int) && MemoryMarshal.Read<int>(buffer) is var number && (uint)number < (uint)_back.Length)
                {
                    Volatile.Write(ref _back[number], LabClock.Now.Ticks);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Note();
            }
        }
    }

    /// <summary>An error is counted, but not that by which a socket ends.</summary>
    private void Note()
    {
        if (!_stops)
        {
            Interlocked.Increment(ref _errors);
        }
    }
}
