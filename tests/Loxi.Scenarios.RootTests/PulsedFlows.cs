using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Loxi.TestKit.Topology;

namespace Loxi.Scenarios.RootTests;

/// <summary>
/// UDP flows that send a request each few milliseconds, whether or not the last one was answered, so that an interruption is
/// seen as long as it is.
/// </summary>
internal sealed class PulsedFlows : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Flow> _flows = [];
    private readonly Lock _gate = new();
    private readonly TimeSpan _interval;
    private readonly Task[] _loops;
    private long _round;

    private PulsedFlows(LabHost client, IReadOnlyList<IPEndPoint> targets, int flowsPerTarget, TimeSpan interval)
    {
        _interval = interval;
        foreach (var target in targets.SelectMany(target => Enumerable.Repeat(target, flowsPerTarget)))
        {
            var socket = client.CreateSocket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(target);
            _flows.Add(new Flow(socket, ((IPEndPoint)socket.LocalEndPoint!).Port));
        }

        _loops = [SendAsync(), .. _flows.Select(ReceiveAsync)];
    }

    public static PulsedFlows Start(LabHost client, IReadOnlyList<IPEndPoint> targets, int flowsPerTarget, TimeSpan interval) => new(client, targets, flowsPerTarget, interval);

    /// <summary>Local ports of the flows whose last answer came from a server.</summary>
    public IReadOnlyList<int> PortsOf(string server)
    {
        lock (_gate)
        {
            return [.. _flows.Where(flow => flow.Server == server).Select(flow => flow.Port)];
        }
    }

    /// <summary>How many flows got an answer from another server than before.</summary>
    public int ServerChanges { get; private set; }

    /// <summary>Waits until each flow has an answer to a request that is sent after this call.</summary>
    public Task WaitForAnswersAsync()
    {
        var wanted = Interlocked.Read(ref _round) + 1;
        return Scenario.WaitUntilAsync(() =>
        {
            lock (_gate)
            {
                var late = _flows.Where(flow => flow.Answered < wanted).ToList();
                return Task.FromResult((late.Count == 0, $"{late.Count} of {_flows.Count} flows got no answer: {string.Join(", ", late.Select(flow => $"{flow.Port} to {flow.Server}"))}"));
            }
        });
    }

    /// <summary>From now on <see cref="LongestGap"/> counts anew.</summary>
    public void Mark()
    {
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            foreach (var flow in _flows)
            {
                flow.Last = now;
                flow.Gap = TimeSpan.Zero;
            }
        }
    }

    /// <summary>Longest time between the mark and the first answer, or two answers, of any of the flows with these ports.</summary>
    public TimeSpan LongestGap(Func<int, bool> ports)
    {
        lock (_gate)
        {
            return _flows.Where(flow => ports(flow.Port)).Max(flow => flow.Gap);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _flows.ForEach(flow => flow.Socket.Dispose());
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        using var timer = new PeriodicTimer(_interval);
        var request = new byte[8];
        while (!_stop.IsCancellationRequested)
        {
            BinaryPrimitives.WriteInt64BigEndian(request, Interlocked.Increment(ref _round));
            foreach (var flow in _flows)
            {
                Try(() => flow.Socket.Send(request));
            }

            try
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>An ICMP error about an earlier request is an interruption like any other: it shows in the gap.</summary>
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
        {
            Debug.WriteLine(e.SocketErrorCode);
        }
    }

    private async Task ReceiveAsync(Flow flow)
    {
        var buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var length = await flow.Socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                OnAnswer(flow, buffer.AsSpan(0, length));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                Debug.WriteLine(e.SocketErrorCode);
            }
        }
    }

    private void OnAnswer(Flow flow, ReadOnlySpan<byte> answer)
    {
        var server = Encoding.ASCII.GetString(answer[..answer.IndexOf((byte)'|')]);
        var round = BinaryPrimitives.ReadInt64BigEndian(answer[^8..]);
        lock (_gate)
        {
            ServerChanges += flow.Server is not null && flow.Server != server ? 1 : 0;
            flow.Server = server;
            flow.Answered = Math.Max(flow.Answered, round);
            var now = Stopwatch.GetTimestamp();
            var gap = Stopwatch.GetElapsedTime(flow.Last, now);
            flow.Gap = gap > flow.Gap ? gap : flow.Gap;
            flow.Last = now;
        }
    }

    private sealed class Flow(Socket socket, int port)
    {
        public Socket Socket { get; } = socket;

        public int Port { get; } = port;

        public string? Server { get; set; }

        public long Answered { get; set; }

        public long Last { get; set; } = Stopwatch.GetTimestamp();

        public TimeSpan Gap { get; set; }
    }
}
