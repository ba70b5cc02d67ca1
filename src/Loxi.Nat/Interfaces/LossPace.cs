namespace Loxi.Nat.Interfaces;

/// <summary>
/// How fast programs are put on again that somebody takes off again and again: three times within <see cref="Window"/> is a fight, which lasts until they have stayed as long.
/// In a fight the gap before the next time grows. Not thread-safe.
/// </summary>
internal sealed class LossPace(TimeProvider time)
{
    public const int LossesOfFight = 3;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan FirstGap = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(4);

    private readonly Dictionary<int, State> _states = [];

    /// <summary>Programs are off, and are to be put on again now.</summary>
    /// <returns>Whether a fight begins with it.</returns>
    public bool OnLost(int interfaceIndex)
    {
        if (!_states.TryGetValue(interfaceIndex, out var state))
        {
            _states[interfaceIndex] = state = new State();
        }

        var now = time.GetTimestamp();
        while (state.Losses.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) > Window)
        {
            state.Losses.Dequeue();
        }

        state.Losses.Enqueue(now);
        state.Unrest = now;
        if (state.Gap is { } gap)
        {
            state.Gap = gap * 2 < LongestGap ? gap * 2 : LongestGap;
            return false;
        }

        if (state.Losses.Count < LossesOfFight)
        {
            return false;
        }

        state.Gap = FirstGap;
        return true;
    }

    /// <summary>Whether programs that are off may be put on again now.</summary>
    public bool MayPutOn(int interfaceIndex) =>
        !_states.TryGetValue(interfaceIndex, out var state) || state.Gap is not { } gap || time.GetElapsedTime(state.Losses.Last()) >= gap;

    /// <summary>Programs are off still, so they do not stay.</summary>
    public void OnMissing(int interfaceIndex)
    {
        if (_states.TryGetValue(interfaceIndex, out var state))
        {
            state.Unrest = time.GetTimestamp();
        }
    }

    /// <summary>Whether it is a fight still.</summary>
    public bool IsFought(int interfaceIndex)
    {
        if (!_states.TryGetValue(interfaceIndex, out var state) || state.Gap is null)
        {
            return false;
        }

        if (time.GetElapsedTime(state.Unrest) < Window)
        {
            return true;
        }

        _states.Remove(interfaceIndex);
        return false;
    }

    public void Forget(int interfaceIndex) => _states.Remove(interfaceIndex);

    private sealed class State
    {
        /// <summary>When they were put on again, at least the last time.</summary>
        public Queue<long> Losses { get; } = new();

        /// <summary>When they were off last.</summary>
        public long Unrest { get; set; }

        /// <summary>In a fight: how long from the last time to the next.</summary>
        public TimeSpan? Gap { get; set; }
    }
}
