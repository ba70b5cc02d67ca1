using FluentAssertions;
using Loxi.Node.Roles;
using Loxi.Node.State;
using Xunit;

namespace Loxi.Node.Tests.State;

public sealed class RoleStateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-roles-").FullName;
    private readonly RoleStateFile _file;

    public RoleStateFileTests() => _file = new RoleStateFile(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoFile_HasNoRoles() => _file.Load().Should().BeSameAs(RoleModel.None);

    [Fact]
    public void Saved_RolesAreAwaitedAndNoneIsKept()
    {
        RoleModel.None.Post(new Api.Wire.ClusterState { State = "MASTER" }, out var roles);

        _file.Save(roles);

        _file.Load().Should().BeSameAs(RoleModel.Awaited);
    }

    [Theory]
    [InlineData("""{"version":2,"external":true}""", "version: value '2', expected 1, the only version that this program reads")]
    [InlineData("""{"external":1}""", "external: value '1', expected true or false")]
    [InlineData("""{"peers":true}""", "peers: value 'true', expected one of the members external, version")]
    [InlineData("[]", ": value 'Array', expected an object with external")]
    [InlineData("""{"external":""", "expected complete JSON")]
    public void Load_DamagedFile_NamesWhatIsWrong(string content, string message)
    {
        File.WriteAllText(_file.Path, content);

        _file.Invoking(static f => f.Load()).Should().Throw<StateFileException>().WithMessage($"*roles.json: *{message}*");
    }
}
