using FluentAssertions;
using Loxi.Ha.Transport;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

/// <summary>R10: a witness is asked one thing after the other.</summary>
public sealed class WitnessKeeperTests
{
    private readonly FakeWitness _witness = new();
    private readonly List<string> _told = [];
    private readonly List<string> _failed = [];
    private readonly WitnessKeeper _keeper;

    public WitnessKeeperTests() =>
        _keeper = new WitnessKeeper(_witness, 7, (group, number, until) => _told.Add($"{group} {number} {until.TotalSeconds}"), (e, group) => _failed.Add($"{group} {e.Message}"));

    [Fact]
    public void Question_IsNotAskedAgainWhileItIsOnItsWay()
    {
        _keeper.Acquire("a", 0);
        _keeper.Acquire("a", 0);
        _keeper.Acquire("b", 0);
        _witness.Calls.Should().Equal("acquire a 7", "acquire b 7");

        _witness.Answer("a", 5);
        _told.Should().Equal("a 0 5");
        _witness.Calls.Should().HaveCount(2, "nobody waited to ask the same again");
        _keeper.Acquire("a", 0);
        _witness.Calls.Should().HaveCount(3);
    }

    [Fact]
    public void Release_WaitsForTheQuestion_WhoseAnswerIsKnownAsOneOfBefore()
    {
        _keeper.Acquire("a", 3);
        _keeper.Release("a");
        _witness.Calls.Should().Equal("acquire a 7");

        _witness.Answer("a", 5);

        _witness.Calls.Should().Equal("acquire a 7", "release a 7");
        _told.Should().Equal("a 3 5");
        _keeper.Acquire("a", 4);
        _witness.Calls.Should().HaveCount(3);
    }

    [Fact]
    public void WitnessThatFails_GrantsNothing_AndIsAskedAgain()
    {
        _keeper.Acquire("a", 0);
        _witness.Fail("a");

        _told.Should().Equal("a 0 0");
        _failed.Should().Equal("a no");
        _keeper.Acquire("a", 0);
        _witness.Calls.Should().HaveCount(2);
    }

    private sealed class FakeWitness : IRoleWitness
    {
        private readonly Dictionary<string, TaskCompletionSource<TimeSpan>> _questions = [];

        public List<string> Calls { get; } = [];

        public Task<TimeSpan> AcquireAsync(string group, ushort nodeId)
        {
            Calls.Add($"acquire {group} {nodeId}");
            return (_questions[group] = new()).Task;
        }

        public Task ReleaseAsync(string group, ushort nodeId)
        {
            Calls.Add($"release {group} {nodeId}");
            return Task.CompletedTask;
        }

        public void Answer(string group, int seconds) => _questions[group].SetResult(TimeSpan.FromSeconds(seconds));

        public void Fail(string group) => _questions[group].SetException(new InvalidOperationException("no"));
    }
}
