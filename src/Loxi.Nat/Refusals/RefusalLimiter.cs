using System.Numerics;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Refusals;

/// <summary>
/// Decides whether an answer may be sent: a token bucket per kind and source prefix (IPv4 /32, IPv6 /64) and one per kind for all
/// sources, so that forged sources do not add up. The table has a fixed size; a new source takes the place of the one that is
/// closest to a full bucket. Allocates nothing. Thread-safe.
/// </summary>
public sealed class RefusalLimiter
{
    private const int Ways = 4;
    private const int Kinds = (int)RefusalKind.SctpAbort + 1;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ulong _key;
    private readonly Bucket[] _sources;
    private readonly long[] _totals = new long[Kinds];
    private readonly Rate[] _sourceRates = new Rate[Kinds];
    private readonly Rate[] _totalRates = new Rate[Kinds];
    private readonly long[] _granted = new long[Kinds];
    private readonly long[] _suppressed = new long[Kinds];
    private readonly long _origin;

    /// <summary>Creates a limiter with full buckets.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="hashKey">Secret and random, so that sources cannot be chosen to meet in one place of the table.</param>
    /// <param name="options">Rates and size; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="timeProvider"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public RefusalLimiter(TimeProvider timeProvider, ulong hashKey, RefusalLimiterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        options ??= new RefusalLimiterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TableSize, Ways);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TableSize, 1 << 20);
        _time = timeProvider;
        _key = hashKey;
        _sources = new Bucket[BitOperations.RoundUpToPowerOf2((uint)options.TableSize)];
        _origin = timeProvider.GetTimestamp();
        for (var kind = 0; kind < Kinds; kind++)
        {
            var isReset = (RefusalKind)kind is RefusalKind.TcpReset or RefusalKind.SctpAbort;
            _sourceRates[kind] = new Rate(isReset ? options.ResetsPerSource : options.ErrorsPerSource, 2);
            _totalRates[kind] = new Rate(isReset ? options.ResetsTotal : options.ErrorsTotal, 1);
        }
    }

    /// <summary>Takes one answer from the buckets.</summary>
    /// <param name="kind">The kind of answer.</param>
    /// <param name="source">Source address of the refused packet, 4 or 16 bytes in network order.</param>
    /// <returns>False when the answer must not be sent; it has been counted.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is none of <see cref="RefusalKind"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="source"/> has neither 4 nor 16 bytes.</exception>
    public bool TryTake(RefusalKind kind, ReadOnlySpan<byte> source)
    {
        var index = Index(kind);
        if (source.Length is not (4 or 16))
        {
            throw new ArgumentException($"The source address has {source.Length} bytes, expected 4 or 16.", nameof(source));
        }

        // The low bits are for identity, 1 in place of 0, which marks a free bucket.
        var prefix = source[..(source.Length == 4 ? 4 : 8)];
        var identity = SipHash.Compute(prefix, _key, (ulong)index) | 1;
        lock (_gate)
        {
            var now = _time.GetElapsedTime(_origin).Ticks;
            ref var bucket = ref Find(identity);
            if (_sourceRates[index].Allows(bucket.FullAt, now) && _totalRates[index].Allows(_totals[index], now))
            {
                bucket.FullAt = _sourceRates[index].Take(bucket.FullAt, now);
                _totals[index] = _totalRates[index].Take(_totals[index], now);
                _granted[index]++;
                return true;
            }

            _suppressed[index]++;
            return false;
        }
    }

    /// <summary>Answers of a kind that were let through.</summary>
    /// <param name="kind">The kind of answer.</param>
    /// <returns>The count since the start.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is none of <see cref="RefusalKind"/>.</exception>
    public long Granted(RefusalKind kind)
    {
        lock (_gate)
        {
            return _granted[Index(kind)];
        }
    }

    /// <summary>Answers of a kind that were suppressed.</summary>
    /// <param name="kind">The kind of answer.</param>
    /// <returns>The count since the start.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is none of <see cref="RefusalKind"/>.</exception>
    public long Suppressed(RefusalKind kind)
    {
        lock (_gate)
        {
            return _suppressed[Index(kind)];
        }
    }

    private static int Index(RefusalKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)kind, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)kind, Kinds);
        return (int)kind;
    }

    private ref Bucket Find(ulong identity)
    {
        var first = (int)(identity >> 32) & (_sources.Length - 1) & ~(Ways - 1);
        var oldest = first;
        for (var i = first; i < first + Ways; i++)
        {
            if (_sources[i].Identity == identity)
            {
                return ref _sources[i];
            }

            if (_sources[i].FullAt < _sources[oldest].FullAt)
            {
                oldest = i;
            }
        }

        _sources[oldest] = new Bucket { Identity = identity };
        return ref _sources[oldest];
    }

    // A token bucket in one number: the time at which it will be full again.
    private struct Bucket
    {
        public ulong Identity;
        public long FullAt;
    }

    private readonly struct Rate
    {
        private readonly long _interval;
        private readonly long _depth;

        public Rate(int perSecond, int burstSeconds)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(perSecond, 1_000_000);
            _interval = TimeSpan.TicksPerSecond / perSecond;
            _depth = _interval * perSecond * burstSeconds;
        }

        public bool Allows(long fullAt, long now) => Math.Max(fullAt, now) - now + _interval <= _depth;

        public long Take(long fullAt, long now) => Math.Max(fullAt, now) + _interval;
    }
}
