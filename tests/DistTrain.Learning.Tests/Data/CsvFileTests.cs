using System.Text;

namespace DistTrain.Learning.Tests;

public sealed class CsvFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,0,255\n0,7,8\n")]
    [InlineData("1,0,255\n0,7,8")]
    [InlineData("1,0,255\r\n0,7,8\r\n\r\n")]
    [InlineData("label,a,b\n1,0,255\n0,7,8\n")]
    [InlineData("\uFEFF\"label\",\"a\",\"b\"\n\"1\",\"0\",\"255\"\n\"0\",\"7\",\"8\"\n")]
    [InlineData(" 1 , 0, 255\n0,7.0,8e0\n\n\n")]
    public void Whole_numbers_up_to_255_are_bytes(string text)
    {
        InMemoryDataset set = Read(text);
        set.IsBytes.ShouldBeTrue();
        (set.Count, set.Features, set.Classes).ShouldBe((2, 2, 2));
        (set.Label(0), set.Label(1)).ShouldBe((1, 0));
        set.ReadBytes(0).ToArray().ShouldBe([0, 255]);
        set.ReadBytes(1).ToArray().ShouldBe([7, 8]);
    }

    [Theory]
    [InlineData("0,1,2\n1,3,4.5\n", 4.5f)]
    [InlineData("0,1,2\n1,3,256\n", 256f)]
    [InlineData("0,1,2\n1,3,-1\n", -1f)]
    [InlineData("0,1,2\n1,3,1e-3\n", 0.001f)]
    public void One_other_number_makes_all_of_them_numbers(string text, float last)
    {
        InMemoryDataset set = Read(text);
        set.IsBytes.ShouldBeFalse();
        float[] sample = new float[2];
        set.ReadFloats(0, sample);
        sample.ShouldBe([1f, 2f]);
        set.ReadFloats(1, sample);
        sample.ShouldBe([3f, last]);
    }

    [Fact]
    public void Rows_of_a_square_of_bytes_are_images()
    {
        Read("0,1,2,3,4\n").ImageShape.ShouldBe((2, 2));
        Read("0,1,2,3\n").ImageShape.ShouldBeNull();
        Read("0,1,2,3,4.5\n").ImageShape.ShouldBeNull();
    }

    [Fact]
    public void Lines_longer_than_the_reading_buffer_and_many_of_them_are_read()
    {
        var text = new StringBuilder();
        for (int row = 0; row < 50; row++)
        {
            text.Append(row % 3);
            for (int column = 0; column < 30_000; column++)
            {
                text.Append(',').Append((row * 31 + column) % 256);
            }

            text.Append('\n');
        }

        InMemoryDataset set = Read(text.ToString());
        (set.Count, set.Features).ShouldBe((50, 30_000));
        for (int row = 0; row < 50; row++)
        {
            set.ReadBytes(row)[29_999].ShouldBe((byte)((row * 31 + 29_999) % 256));
        }
    }

    [Theory]
    [InlineData("1,2,3\n0,5,nan\n", "line 2, column 3: 'nan' is not a finite number")]
    [InlineData("1,2,3\n0,Infinity,5\n", "line 2, column 2: 'Infinity' is not a finite number")]
    [InlineData("1,2,3\n0,1e999,5\n", "line 2, column 2: '1e999' is not a finite number")]
    [InlineData("1,2,3\n0,blue,5\n", "line 2, column 2: 'blue' is not a finite number")]
    [InlineData("l,a,b\n1,2,3\n0,,5\n", "line 3, column 2: the value is missing")]
    [InlineData("1,2,3\n0,5,\n", "line 2, column 3: the value is missing")]
    [InlineData("1,2,3\ncat,5,6\n", "line 2, column 1: the label 'cat' is not a whole number")]
    [InlineData("1,2,3\n1.5,5,6\n", "line 2, column 1: the label '1.5'")]
    [InlineData("1,2,3\n-1,5,6\n", "line 2, column 1: the label '-1'")]
    [InlineData("1,2,3\n10000,5,6\n", "not a whole number in 0 … 9999")]
    [InlineData("1,2,3\n,5,6\n", "line 2, column 1: the label ''")]
    [InlineData("1,2,3\n0,5\n", "line 2 has 2 columns, those before it 3")]
    [InlineData("1,2,3\n0,5,6,7\n", "line 2 has 4 columns, those before it 3")]
    [InlineData("1,2,3\n\n0,5,6\n", "line 2 is empty")]
    [InlineData("1\n0\n", "line 1, column 1: the line has a label but no values")]
    [InlineData("1;2;3\n", "it has no samples")]
    [InlineData("label,a\n", "it has no samples")]
    [InlineData("", "it has no samples")]
    [InlineData("\n\n", "it has no samples")]
    public void What_is_not_a_table_of_numbers_is_shown_by_line_and_column(
        string text, string expected)
    {
        string path = _folder.Write("bad.csv", text);
        string message = Should.Throw<DataException>(() => CsvFile.Read(path)).Message;
        message.ShouldStartWith(path + ": ");
        message.ShouldContain(expected, Case.Sensitive);
    }

    [Fact]
    public void A_line_without_end_is_refused()
    {
        byte[] bytes = new byte[40 << 20];
        Array.Fill(bytes, (byte)'7');
        string path = _folder.Write("binary.csv", bytes);
        Should.Throw<DataException>(() => CsvFile.Read(path)).Message
            .ShouldContain("line 1 is longer than 16,777,216 bytes");
    }

    [Theory]
    [InlineData("digits.csv", "digits-test.csv")]
    [InlineData("digits.csv", "digits.test.csv")]
    [InlineData("digits.csv", "digits_test.csv")]
    [InlineData("mnist_train.csv", "mnist_test.csv")]
    [InlineData("a-train.csv", "a-test.csv")]
    public void The_test_samples_are_in_the_file_beside_it(string file, string testFile)
    {
        string path = _folder.Write(file, "0,1,2\n1,3,4\n");
        CsvSource.Read(path).Test.ShouldBeNull();
        _folder.Write(testFile, "2,5,6\n");
        LoadedData data = CsvSource.Read(path);
        data.Test!.ReadBytes(0).ToArray().ShouldBe([5, 6]);
        (data.Training.Classes, data.Test.Classes).ShouldBe((3, 3));
    }

    [Fact]
    public void A_test_file_that_does_not_fit_is_refused()
    {
        string path = _folder.Write("a.csv", "0,1,2\n");
        _folder.Write("a-test.csv", "0,1,2,3\n");
        Should.Throw<DataException>(() => CsvSource.Read(path)).Message
            .ShouldContain("its samples have 3 values");
        _folder.Write("a-test.csv", "0,1,2.5\n");
        Should.Throw<DataException>(() => CsvSource.Read(path)).Message
            .ShouldContain("numbers that are not pixels");
    }

    private InMemoryDataset Read(string text)
    {
        CsvTable table = CsvFile.Read(_folder.Write("data.csv", text));
        return table.ToDataset("data", table.LargestLabel + 1);
    }
}
