using Loxi.Nat.Health;
using Microsoft.Extensions.Time.Testing;

namespace Loxi.Nat.Tests.Health;

/// <summary>A probe whose answers a test decides, and which remembers when it was asked.</summary>
internal sealed class FakeProbe(FakeTimeProvider time) : IEndpointProbe
{
    private readonly Lock _gate = new();
    private int _running;

    public Func<ProbeTarget, ProbeResult?> Answer { get; set; } = static _ => ProbeResult.Success;

    /// <summary>What a silent probe returns when it is cancelled; null: that it was.</summary>
    public ProbeResult? AnswerOnCancel { get; set; }

    public Dictionary<ProbeTarget, List<TimeSpan>> Starts { get; } = [];

    public int Peak { get; private set; }

    public int Cancelled { get; private set; }

    public static TimeSpan At(FakeTimeProvider time) => time.GetUtcNow() - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ValueTask<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!Starts.TryGetValue(target, out var starts))
            {
                Starts.Add(target, starts = []);
            }

            starts.Add(At(time));
            Peak = Math.Max(Peak, ++_running);
        }

        // Null: silence until the scheduler cancels. The continuation runs where Cancel is called.
        if (Answer(target) is not { } answer)
        {
            var silence = new TaskCompletionSource<ProbeResult>();
            cancellationToken.Register(() =>
            {
                lock (_gate)
                {
                    _running--;
                    Cancelled++;
                }

                if (AnswerOnCancel is { } late)
                {
                    silence.TrySetResult(late);
                }
                else
                {
                    silence.TrySetCanceled(cancellationToken);
                }
            });
            return new ValueTask<ProbeResult>(silence.Task);
        }

        lock (_gate)
        {
            _running--;
        }

        return ValueTask.FromResult(answer);
    }
}
