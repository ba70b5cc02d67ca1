using System.Collections.Immutable;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Transport.Support;

/// <summary>Counts octets and allocates nothing.</summary>
internal sealed class CountingRib : IRibSession, IDisposable
{
    private readonly ManualResetEventSlim _reached = new();
    private long _target = long.MaxValue;

    public long Octets { get; private set; }

    public int Calls { get; private set; }

    public TaskCompletionSource IsUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>From now on <see cref="WaitForTarget"/> waits for this many octets more.</summary>
    public void SetTarget(long octets)
    {
        _reached.Reset();
        _target = Octets + octets;
    }

    public bool WaitForTarget() => _reached.Wait(TimeSpan.FromSeconds(20));

    public ReceiveOutcome Receive(ReadOnlySpan<byte> updates)
    {
        Octets += updates.Length;
        Calls++;
        if (Octets >= _target)
        {
            _reached.Set();
        }

        return default;
    }

    public void Up(EstablishedSession session) => IsUp.TrySetResult();

    public void Down(ImmutableArray<BgpFamily> kept)
    {
    }

    public void PurgeStale(BgpFamily family)
    {
    }

    public void MarkLongLivedStale(BgpFamily family)
    {
    }

    public void Refresh(RouteRefreshMessage refresh)
    {
    }

    public int TakeOutput(Span<byte> buffer) => 0;

    public void Dispose() => _reached.Dispose();
}
