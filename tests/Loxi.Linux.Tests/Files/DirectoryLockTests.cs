using FluentAssertions;
using Loxi.Linux.Files;
using Xunit;

namespace Loxi.Linux.Tests.Files;

public sealed class DirectoryLockTests
{
    [Fact]
    public void ASecondLock_IsOnlyHadWhenTheFirstIsGivenUp()
    {
        var directory = Directory.CreateTempSubdirectory("loxi-");
        try
        {
            using (DirectoryLock.TryTake(directory.FullName).Should().NotBeNull().And.Subject as IDisposable)
            {
                DirectoryLock.TryTake(directory.FullName).Should().BeNull();
            }

            using var again = DirectoryLock.TryTake(directory.FullName);
            again.Should().NotBeNull();
        }
        finally
        {
            directory.Delete();
        }
    }

    [Fact]
    public void AMissingDirectory_IsAnErrorThatNamesIt() =>
        FluentActions.Invoking(() => DirectoryLock.TryTake("/nonexistent/loxi")).Should().Throw<LinuxException>()
            .WithMessage("*open directory '/nonexistent/loxi'*").Which.ErrorNumber.Should().Be(Errno.ENOENT);
}
