// Containers of the standard library, which allocate as they grow.

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace {

struct Shape {
    virtual ~Shape() = default;
    virtual int area() const = 0;
};

struct Square : Shape {
    explicit Square(int side) : side(side) {}
    int area() const override { return side * side; }
    int side;
};

struct Pair : Shape {
    Pair(int a, int b) : one(a), other(b) {}
    int area() const override { return one.area() + other.area(); }
    Square one, other;
};

std::string constructed = "not yet";
struct Early {
    Early() { constructed = "before main, by a constructor"; }
} early;

}  // namespace

int main()
{
    std::vector<int> numbers;
    for (int i = 0; i < 500; i++)
        numbers.push_back(i * 7919 % 1009);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::printf("%zu numbers, %d to %d, sum %lld\n", numbers.size(), numbers.front(), numbers.back(),
                std::accumulate(numbers.begin(), numbers.end(), 0LL));

    std::map<std::string, int> counts;
    const std::string text = "the cat and the dog and the bird";
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find(' ', at), text.size());
        counts[text.substr(at, end - at)]++;
        at = end + 1;
    }
    for (const auto &[word, count] : counts)
        std::printf("%s %d\n", word.c_str(), count);

    std::vector<std::unique_ptr<Shape>> shapes;
    for (int i = 1; i <= 20; i++)
        if (i % 3)
            shapes.push_back(std::make_unique<Square>(i));
        else
            shapes.push_back(std::make_unique<Pair>(i, 1));
    int area = 0;
    for (const auto &shape : shapes)
        area += shape->area();
    std::printf("area %d\n", area);

    std::string line;
    for (int i = 0; i < 300; i++)
        line += std::to_string(i);
    std::printf("%zu characters, %s\n%s\n", line.size(), line.substr(780).c_str(), constructed.c_str());
    return 5;
}
