using FluentAssertions;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.State;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class HaStateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-ha-").FullName;

    private string FilePath => Path.Combine(_directory, "ha.state");

    [Fact]
    public void Written_IsReadAgain_ByItsOwnerOnly()
    {
        var state = new HaState { NodeId = 1, Incarnation = 7 };
        state.Group("g").Ceiling = 32;
        state.Group("g").Pinned = true;
        state.Peers[2] = new HaPeerState { Incarnation = 3, Sequence = 4 };
        new HaStateFile(_directory).TryWrite(state).Should().BeNull();

        new HaStateFile(_directory).Read(1, out var complaint).Should().BeEquivalentTo(state);

        complaint.Should().BeNull();
        File.GetUnixFileMode(FilePath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_directory).Should().Equal(FilePath);
    }

    [Fact]
    public void NoFile_IsNoComplaint()
    {
        new HaStateFile(Path.Combine(_directory, "none")).Read(1, out var complaint).Incarnation.Should().Be(0);
        complaint.Should().BeNull();
    }

    [Theory]
    [InlineData("", "*expected complete JSON*")]
    [InlineData("{\"version\": 1, \"nodeId\": 1, \"incarn", "*line 1*expected complete JSON*")]
    [InlineData("[]", "*")]
    [InlineData("{\"version\": 1, \"nodeId\": 1, \"groups\": null}", "*members are missing*")]
    [InlineData("{\"version\": 1, \"nodeId\": 1, \"groups\": {\"g\": null}}", "*members are missing*")]
    [InlineData("{\"version\": 1, \"nodeId\": 9}", "*of node 9, this is node 1*")]
    public void Damaged_IsSetAsideAndSaid(string content, string expected)
    {
        File.WriteAllText(FilePath, content);
        var file = new HaStateFile(_directory);

        file.Read(1, out var complaint).Incarnation.Should().Be(0);

        complaint.Should().Match(expected).And.Contain(FilePath);
        File.ReadAllText(FilePath + ".damaged").Should().Be(content);
        file.TryWrite(new HaState { NodeId = 1 }).Should().BeNull("the next state has its place");
    }

    [Fact]
    public void FromTheFuture_StaysAsItIs()
    {
        const string content = "{\"version\": 2, \"groups\": 7}";
        File.WriteAllText(FilePath, content);
        var file = new HaStateFile(_directory);

        file.Read(1, out var complaint);

        complaint.Should().Contain("version 2").And.Contain("at most 1");
        file.TryWrite(new HaState { NodeId = 1 }).Should().Contain("not overwritten");
        File.ReadAllText(FilePath).Should().Be(content);
    }

    [Fact]
    public void NoDirectoryCanBeMade_IsSaidAndNotThrown()
    {
        File.WriteAllText(FilePath, "a file");
        new HaStateFile(Path.Combine(FilePath, "below")).TryWrite(new HaState { NodeId = 1 }).Should().Contain("cannot be written");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
